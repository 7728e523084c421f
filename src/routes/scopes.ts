/** What each part of the API needs of a token that was given to an app; the first row that fits says it. */
const table: readonly (readonly [path: RegExp, scope: "chat" | "account" | "admin"])[] = [
  [/^\/admin\//, "admin"],
  [/^\/me$/, "chat"],
  [/^\/me\/(?:own|changes|preferences|folders|read-all|saved)(?:\/|$)/, "chat"],
  [
    /^\/(?:conversations|messages|people|invitations|links|join|custom-emoji|search|sync|socket)(?:\/|$)/,
    "chat",
  ],
  // Signing in, factors, sessions, and whatever has no row of its own.
  [/^/, "account"],
];

/** The scope that a request needs: `chat:read`, `chat:write`, `admin`, or `account`, which no app is ever given. */
export function scopeOf(method: string, path: string): string {
  const inner = path.replace(/^\/api\/chat\/v1(?=\/)/, "");
  const scope = table.find(([pattern]) => pattern.test(inner))?.[1] ?? "account";
  if (scope !== "chat") return scope;
  return method === "GET" || method === "HEAD" ? "chat:read" : "chat:write";
}
