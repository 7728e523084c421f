/** What somebody is on this server as a whole, from the most to the least. */
export const serverRoles = ["owner", "admin", "moderator", "member", "limited", "bot"] as const;
export type ServerRole = (typeof serverRoles)[number];

/** What a role may be allowed on this server as a whole. None of them leads to anybody's messages. */
export const serverPermissions = [
  "write",
  "begin",
  "groups",
  "invite",
  "people",
  "roles",
  "ip-rules",
  "issuers",
  "servers",
  "settings",
  "audit",
  "reports",
] as const;
export type ServerPermission = (typeof serverPermissions)[number];

/** Whether a role runs the server, and may carry a name that readers take for the server speaking. */
export function administers(role: ServerRole): boolean {
  return role === "owner" || role === "admin";
}
