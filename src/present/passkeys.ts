import type { PasskeyRow } from "#domain/sign-in/passkeys.ts";
import type { Passkey } from "#protocol/sign-in.ts";

/** A passkey as its owner sees it. */
export function presentPasskey({ id, name, backedUp, createdAt, usedAt }: PasskeyRow): Passkey {
  return {
    id,
    name,
    backedUp,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt?.toISOString() ?? null,
  };
}
