import {
  generateAuthenticationOptions,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from "@simplewebauthn/server";
import type { Queryable } from "#db/connect.ts";
import { findPasskey, type PasskeyRow, usePasskey } from "#db/factors.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import type { Context } from "../context.ts";

/** What a browser hands to `navigator.credentials.get` (Web Authentication, PublicKeyCredentialRequestOptionsJSON). */
export type PasskeyQuestion = PublicKeyCredentialRequestOptionsJSON;
/** What it answers. */
export type PasskeyAnswer = AuthenticationResponseJSON;

/** Asks for one of these passkeys, or for any that the browser knows of; its user must show who they are to it. */
export async function askForPasskey(
  ctx: Context,
  passkeys: readonly PasskeyRow[] = [],
): Promise<PasskeyQuestion> {
  return await generateAuthenticationOptions({
    rpID: relyingParty(ctx),
    userVerification: "required",
    allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
  });
}

/** The name by which passkeys know this server: its host, without a port. */
export function relyingParty({ settings }: Context): string {
  return new URL(settings.origin).hostname;
}

/** Whose passkey answered a challenge, and notes its use; null when the answer is none. */
export async function provePasskey(
  ctx: Context,
  q: Queryable,
  { answer, challenge }: { answer: PasskeyAnswer; challenge: string },
): Promise<PersonId | null> {
  const found = await findPasskey(q, answer.id);
  if (found === null) return null;
  const { personId, id } = found;
  const { userHandle } = answer.response;
  if (userHandle !== undefined && userHandle !== handleOf(personId)) return null;
  const verified = await verify(ctx, { answer, challenge, found });
  if (verified === null) return null;
  const { newCounter: signCount, credentialBackedUp: backedUp } = verified;
  return (await usePasskey(q, { id, signCount, backedUp, at: ctx.now() })) ? personId : null;
}

/** By what an authenticator knows whose passkey it is, as base64url. */
export function handleOf(personId: PersonId): string {
  return Buffer.from(personId).toString("base64url");
}

async function verify(
  ctx: Context,
  { answer, challenge, found }: { answer: PasskeyAnswer; challenge: string; found: PasskeyRow },
) {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: challenge,
      expectedOrigin: ctx.settings.origin,
      expectedRPID: relyingParty(ctx),
      requireUserVerification: true,
      credential: {
        id: found.id,
        publicKey: new Uint8Array(found.publicKey),
        counter: found.signCount,
      },
    });
    return verified ? authenticationInfo : null;
  } catch (error) {
    // The library throws at whatever is wrong with an answer, which is the client's to make up.
    log("domain").debug("a passkey's answer was refused", { personId: found.personId, error });
    return null;
  }
}
