/** What is read, and what is written, as apps for Mastodon name the parts of it. */
const readable = [
  "accounts",
  "blocks",
  "bookmarks",
  "favourites",
  "filters",
  "follows",
  "lists",
  "mutes",
  "notifications",
  "search",
  "statuses",
];
const writable = [...readable.filter((part) => part !== "search"), "conversations", "media", "reports"];
const read = readable.map((part) => `read:${part}`);
const write = writable.map((part) => `write:${part}`);
const follow = ["blocks", "follows", "mutes"].flatMap((part) => [`read:${part}`, `write:${part}`]);

/** What a broader scope holds besides itself. */
const within: Readonly<Record<string, readonly string[]>> = {
  read: ["chat:read", "profile", ...read],
  write: ["chat:write", ...write],
  follow,
};

/** Everything that an app may ask for. `account`, which the ways of signing in need, is not among it. */
const known: ReadonlySet<string> = new Set([
  "read",
  "write",
  "follow",
  "push",
  "profile",
  "chat:read",
  "chat:write",
  "admin",
  ...read,
  ...write,
]);

/** Whether what was given allows what is wanted. */
export function covers(given: readonly string[], wanted: string): boolean {
  return given.some((scope) => scope === wanted || within[scope]?.includes(wanted) === true);
}

/** Reads a list of scopes (RFC 6749 section 3.3), each once; null where an unknown one is in it, or none. */
export function parseScopes(text: string): string[] | null {
  const scopes = [...new Set(text.split(/[ +]/).filter((scope) => scope !== ""))];
  return scopes.length > 0 && scopes.every((scope) => known.has(scope)) ? scopes : null;
}

/** Every scope that can be asked for. */
export const knownScopes: readonly string[] = [...known];
