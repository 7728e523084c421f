/** What travels while somebody shows who they are. */

export const factors = ["totp", "passkey", "recovery"] as const;
/** By what somebody shows once more who they are: an authenticator's code, a passkey, a code for when both are lost. */
export type Factor = (typeof factors)[number];

/**
 * What a browser asks an authenticator, for `PublicKeyCredential.parseRequestOptionsFromJSON` or
 * `parseCreationOptionsFromJSON` (Web Authentication Level 3).
 */
export type PasskeyOptions = Readonly<Record<string, unknown>>;

/** 202 of `POST /auth/sign-in`: right, and not enough. `POST /auth/sign-in/second` takes the ticket with one of these. */
export interface SecondStep {
  ticket: string;
  factors: Factor[];
  /** Null where there is no passkey. */
  passkey: PasskeyOptions | null;
}
