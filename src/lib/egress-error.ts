/** Why a request was not made, or not finished. */
export type EgressReason =
  /** The URL breaks a rule: scheme, port, userinfo, name, length, or it is our own. */
  | "url_refused"
  /** The host is, or resolves to, an address outside the public internet. */
  | "address_refused"
  /** Too many redirects, one that leads where a request may not go, or from https to http. */
  | "redirect_refused"
  /** Whoever runs this server wants no talk with that one. */
  | "server_suspended"
  | "too_large"
  /** The answer is not HTTP as we read it: malformed, endless headers, unknown content-encoding. */
  | "answer_refused"
  | "timeout"
  /** The name does not resolve, the connection or TLS fails. */
  | "network"
  /** The server is stopping. */
  | "closed";

const temporary: ReadonlySet<EgressReason> = new Set(["timeout", "network", "closed"]);

/** A request without an answer. Its message names the host only: a path may be a secret. */
export class EgressError extends Error {
  readonly reason: EgressReason;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;

  constructor(reason: EgressReason, host: string, options: { cause?: unknown } = {}) {
    super(`${reason}: ${host}`, options);
    this.name = "EgressError";
    this.reason = reason;
    this.temporary = temporary.has(reason);
  }
}
