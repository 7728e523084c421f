/** What travels while people get accounts. */

/** 202 of `POST /auth/sign-up`: somebody has to agree first. */
export interface SignUpWaiting {
  state: "waiting";
}

/** `POST /admin/sign-up-codes`: with it people make themselves an account. */
export interface SignUpCode {
  id: string;
  code: string;
  /** What to hand on. */
  url: string;
  /** How often it can be used; null for as many times as people like. */
  uses: number | null;
  used: number;
  expiresAt: string | null;
  revokedAt: string | null;
  note: string;
  /** Null for the command line. */
  createdBy: string | null;
  createdAt: string;
}

/** `GET /admin/sign-up-codes`: newest first. */
export interface SignUpCodePage {
  codes: SignUpCode[];
  /** Pass it as `before` for the next page; null at the end. */
  next: string | null;
}

/** Somebody who waits for an account. */
export interface SignUpRequest {
  id: string;
  handle: string;
  email: string | null;
  reason: string;
  createdAt: string;
}

/** `GET /admin/sign-up-requests`: oldest first. */
export interface SignUpRequestPage {
  requests: SignUpRequest[];
  /** Pass it as `after` for the next page; null at the end. */
  next: string | null;
}

/** `POST /admin/people/:id/reset-link`: a way into an account, for its owner alone. */
export interface ResetLink {
  url: string;
  expiresAt: string;
}

/** 202 of `POST /auth/reset` and `PUT /me/email`: whatever is to be written is on its way. */
export interface Mailed {
  state: "mailed";
}

/** `GET /me/email`: where somebody is reached; null for nowhere. */
export interface Email {
  email: string | null;
  /** What they have yet to confirm, by a link that was sent there. */
  waiting: string | null;
  /** Whether this server sends mail at all. */
  mails: boolean;
}
