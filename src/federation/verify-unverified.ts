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
  /** There is no such key, or it is not its owner's, or we do not ask for it. */
  | "key_refused"
  /** The key could not be fetched just now: the one reason that may pass by itself. */
  | "key_unavailable"
  | "signature_wrong";

/** A request whose signer is not proven. */
export class Unverified extends Error {
  readonly reason: UnverifiedReason;
  /** Whether the same request may be proven later. */
  readonly temporary: boolean;

  constructor(reason: UnverifiedReason, options: { cause?: unknown } = {}) {
    super(`unverified: ${reason}`, options);
    this.name = "Unverified";
    this.reason = reason;
    this.temporary = reason === "key_unavailable";
  }
}
