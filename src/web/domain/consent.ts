import type { TextId } from "../platform/language.ts";

/** What an app may write into the address of the page, and what the server is asked about. */
const names = [
  "client_id",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
];

/** What an app asks for, of the address of the page; null where something stands twice (RFC 6749 section 3.1). */
export function requestOf(search: string): Record<string, string> | null {
  const query = new URLSearchParams(search);
  const given = names.map((name) => [name, query.getAll(name)] as const);
  if (given.some(([, values]) => values.length > 1)) return null;
  return Object.fromEntries(given.flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])));
}

const texts: Readonly<Record<string, TextId>> = {
  read: "consent.read",
  write: "consent.write",
  follow: "consent.follow",
  push: "consent.push",
  profile: "consent.profile",
  "chat:read": "consent.chatRead",
  "chat:write": "consent.chatWrite",
  admin: "consent.admin",
};

/** What a scope allows, in words of ours; null for a part of one, which has its name only. */
export function textOfScope(scope: string): TextId | null {
  return texts[scope] ?? null;
}

/** The code that the server has put into the address of the page; null for whatever somebody else put there. */
export function codeOf(search: string): string | null {
  const code = new URLSearchParams(search).get("code") ?? "";
  return /^luc_[\w-]{43}$/.test(code) ? code : null;
}
