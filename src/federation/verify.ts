export interface SignedRequest {
  readonly method: string;
  /** The target as it stood on the request line (`incoming.url`): "/users/UUID/inbox". */
  readonly url: string;
  readonly headers: Headers;
  readonly rawBody: Uint8Array;
}

/** Who signed a request. */
export interface Signer {
  readonly actorUri: string;
  readonly keyId: string;
}

export type UnverifiedReason =
  | "signature_missing"
  | "signature_malformed"
  | "target_not_canonical"
  | "host_foreign"
  | "date_missing"
  | "date_outside_window"
  | "expired"
  | "digest_missing"
  | "digest_mismatch"
  | "not_covered"
  | "key_refused"
  | "key_unavailable"
  | "signature_wrong";

/** A request whose signer is not proven. `temporary` when the key could not be fetched just now. */
export class Unverified extends Error {
  readonly reason: UnverifiedReason;
  readonly temporary: boolean;

  constructor(reason: UnverifiedReason, options: { temporary?: boolean; cause?: unknown } = {}) {
    super(`unverified: ${reason}`, { cause: options.cause });
    this.name = "Unverified";
    this.reason = reason;
    this.temporary = options.temporary ?? false;
  }
}

/** Proves who signed a request (draft-cavage-http-signatures-12 or RFC 9421). */
export interface Verifier {
  /** For the inbox: the body's SHA-256 digest must be signed. Throws Unverified. */
  verifyInbound(request: SignedRequest): Promise<Signer>;
  /** For private objects: no digest is asked for. Throws Unverified. */
  verifyGet(request: Omit<SignedRequest, "rawBody">): Promise<Signer>;
}
