import type { IssuerRow } from "#db/issuers.ts";
import { hasControlCharacters } from "#lib/control-characters.ts";
import { HANDLE_LENGTH } from "../handles.ts";

/** What an issuer says of somebody. */
export interface Said {
  readonly issuer: IssuerRow;
  readonly subject: string;
  /** Which session of theirs it is; null where that is not said. */
  readonly session: string | null;
  /** The handle that it suggests, made of what a handle is made of; empty for none. */
  readonly handle: string;
  /** Whether the suggestion stands there just so. */
  readonly isExact: boolean;
  /** What they are called; empty where that is not said. */
  readonly name: string;
}

/** Characters of a subject and of a session (OpenID Connect Core 1.0 section 2). */
const LONGEST = 255;
const NAME_LENGTH = 100;

type Claims = Readonly<Record<string, unknown>>;

/**
 * Reads what an issuer says of somebody; null where it does not say who they are. That is read of what it signed alone; what they
 * are called may stand `besides`.
 */
export function readClaims(issuer: IssuerRow, signed: Claims, besides: Claims = {}): Said | null {
  const claims = { ...besides, ...signed };
  const { subject = "sub", handle = "preferred_username", name = "name", session = "sid" } = issuer.claims;
  const who = textOf(signed[subject], LONGEST);
  if (who === null) return null;
  const suggested = (textOf(claims[handle], LONGEST) ?? "").split("@")[0]!.toLowerCase();
  const made = toHandle(suggested);
  return {
    issuer,
    subject: who,
    session: textOf(signed[session], LONGEST),
    handle: made,
    isExact: made !== "" && made === suggested,
    name: (textOf(claims[name], LONGEST) ?? "").trim().slice(0, NAME_LENGTH),
  };
}

/** Letters without their marks, and `_` for whatever is no letter. */
function toHandle(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}+/gu, "");
  return plain
    .replaceAll(/[^a-z0-9_]+/g, "_")
    .slice(0, HANDLE_LENGTH)
    .replaceAll(/^_+|_+$/g, "");
}

function textOf(value: unknown, most: number): string | null {
  const isText = typeof value === "string" && value !== "" && value.length <= most;
  return isText && !hasControlCharacters(value) && value.isWellFormed() ? value : null;
}
