import { z } from "zod";

/** Bytes as base64url (RFC 4648 section 5), as browsers write them. */
const bytes = z
  .string()
  .max(64_000)
  .regex(/^[\w-]*$/, "base64url is expected.");
const credentialId = bytes.min(1).max(1_400);
const head = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).exactOptional(),
  // Nothing is asked of extensions.
  clientExtensionResults: z.looseObject({}).transform(() => ({})),
};

/** `AuthenticationResponseJSON` of Web Authentication Level 3. */
export const passkeyAnswer = z
  .strictObject({
    ...head,
    response: z.strictObject({
      clientDataJSON: bytes,
      authenticatorData: bytes,
      signature: bytes,
      userHandle: bytes.nullish().transform((handle) => handle ?? undefined),
    }),
  })
  .transform(({ response: { userHandle, ...response }, ...rest }) => {
    return { ...rest, response: { ...response, ...(userHandle !== undefined && { userHandle }) } };
  });

/** `RegistrationResponseJSON`. What browsers read out of the attestation for others, we read ourselves. */
export const newPasskey = z.strictObject({
  ...head,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(32)).max(10).exactOptional(),
  }),
});

/** A code as somebody types it. */
export const code = z.string().trim().min(1).max(100);
