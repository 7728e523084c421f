/** What travels while somebody shows who they are. */

export const factors = ["totp", "passkey", "recovery"] as const;
/** By what somebody shows once more who they are: an authenticator's code, a passkey, a code for when both are lost. */
export type Factor = (typeof factors)[number];

/**
 * What a browser asks an authenticator, for `PublicKeyCredential.parseRequestOptionsFromJSON` or
 * `parseCreationOptionsFromJSON` (Web Authentication Level 3).
 */
export type PasskeyOptions = Readonly<Record<string, unknown>>;

/**
 * 202 of `POST /auth/sign-in`: right, and not enough. `POST /auth/sign-in/second` takes the ticket with one of these; where there
 * are none, with `keep` alone.
 */
export interface SecondStep {
  ticket: string;
  factors: Factor[];
  /** Null where there is no passkey. */
  passkey: PasskeyOptions | null;
  /** When the account ends, where its owner asked for that: they go on with `keep`, which keeps it. */
  endsAt: string | null;
}

/** `POST /auth/passkey/begin`, `/me/passkeys/begin`, `/me/confirm/begin`: what the browser is asked, and the ticket for its answer. */
export interface PasskeyChallenge {
  ticket: string;
  options: PasskeyOptions;
}

export const waysToConfirm = ["password", "totp", "passkey", "signedInLately"] as const;

/** `GET /me/confirm`: by what of this one shows once more who one is; by nothing of it where one has to sign in anew. */
export interface Confirmable {
  ways: (typeof waysToConfirm)[number][];
}

/** `POST /me/confirm`: send the ticket in the header `Confirmation`, for so many seconds. */
export interface Confirmed {
  ticket: string;
  expiresIn: number;
}

/** `GET /me/totp` */
export interface TotpState {
  active: boolean;
  /** Recovery codes that were not used yet. */
  codesLeft: number;
}

/** `POST /me/totp`: for the authenticator, as letters and as the address that it reads from a QR code. */
export interface NewTotp {
  secret: string;
  uri: string;
}

/** Recovery codes are shown this once; null where there are some already. */
export interface RecoveryCodes {
  codes: string[] | null;
}

export interface Passkey {
  id: string;
  name: string;
  /** Whether it is on several devices of its owner. */
  backedUp: boolean;
  createdAt: string;
  usedAt: string | null;
}

/** `GET /me/passkeys`: oldest first. */
export interface PasskeyList {
  passkeys: Passkey[];
}

/** `POST /me/passkeys/finish` */
export interface PasskeyAdded extends RecoveryCodes {
  passkey: Passkey;
}
