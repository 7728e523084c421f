/** 202: proven but meaningless, dropped. 403: the operator wants nothing of that server. 503: the key could not be fetched just now, the sender should retry. */
export type GuardStatus = 202 | 400 | 401 | 403 | 404 | 413 | 415 | 429 | 503;

/** A request that never reaches the domain. */
export class GuardRefusal extends Error {
  readonly status: GuardStatus;
  /** For counters and logs. */
  readonly code: string;
  /** Seconds, for 429 and 503. */
  readonly retryAfter: number | undefined;

  constructor(status: GuardStatus, code: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(`${status} ${code}`, { cause: options.cause });
    this.name = "GuardRefusal";
    this.status = status;
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
