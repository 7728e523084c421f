import type { Refusal, RefusalCode } from "#lib/refusal.ts";

/** What an operator reads for the refusals that the commands can meet; others show their code. */
const texts: Partial<Record<RefusalCode, string>> = {
  handle_taken: "is taken on this server",
  handle_invalid: "must be at most 30 letters a-z, digits and _",
  handle_reserved: "could be taken for a name of the server itself, or of who runs it",
  password_too_short: "must have at least 8 characters",
  too_long: "is too long",
  not_found: "is not known on this server",
  emoji_unknown: "is no emoji of this server",
  emoji_name_invalid: "must be 2 to 64 letters a-z, digits and _",
  emoji_in_use: "stands under messages: it stays",
  host_invalid: "must be the name of a server, like server.example",
  last_owner: "is the last owner: somebody else must own this server first",
  in_the_past: "must be a whole number of days, at least 1",
  network_invalid: "must be an address or a network, like 192.0.2.0/24 or 2001:db8::/32",
  issuer_invalid: "is missing, or not what it can be for such an issuer",
  email_taken: "is that of another account",
  issuer_exists: "(or the name) is that of another issuer",
  not_a_picture: "is no PNG, GIF, WebP, AVIF or JPEG",
};

/** Says a refusal as a sentence that begins with the field at fault. */
export function explainRefusal({ field, code }: Refusal): string {
  return `${field ?? "this"} ${texts[code] ?? `was refused (${code})`}`;
}
