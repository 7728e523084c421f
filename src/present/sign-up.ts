import type { SignUpCode as Code } from "#domain/sign-up/codes.ts";
import type { SignUpRequest as Request } from "#domain/sign-up/requests.ts";
import type { SignUpCode, SignUpRequest } from "#protocol/sign-up.ts";
import type { Place } from "./people.ts";

/** A code as those see it who may make one. */
export function presentCode({ origin }: Place, code: Code): SignUpCode {
  const { id, uses, used, expiresAt, revokedAt, note, createdBy, createdAt } = code;
  return {
    id,
    code: code.code,
    url: `${origin}/sign-up?code=${code.code}`,
    uses,
    used,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    note,
    createdBy,
    createdAt: createdAt.toISOString(),
  };
}

/** Somebody who waits, as those see them who may let them in. */
export function presentSignUpRequest({ id, handle, email, reason, createdAt }: Request): SignUpRequest {
  return { id, handle, email, reason, createdAt: createdAt.toISOString() };
}
