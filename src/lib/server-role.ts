/** What somebody is on this server as a whole, from the most to the least. */
export const serverRoles = ["owner", "admin", "moderator", "member", "limited", "bot"] as const;
export type ServerRole = (typeof serverRoles)[number];

/** What a role may be allowed on this server as a whole. None of them shows anybody's messages; `passwords` leads into accounts. */
export const serverPermissions = [
  "write",
  "begin",
  "groups",
  "invite",
  "people",
  "passwords",
  "roles",
  "ip-rules",
  "issuers",
  "servers",
  "settings",
  "audit",
] as const;
export type ServerPermission = (typeof serverPermissions)[number];

/** What people do all day; everything else concerns who is here. */
const everyday = ["write", "begin", "groups"] as const;
export type EverydayPermission = (typeof everyday)[number];
/** What those may do who have a hand in running the server. */
export const administrative = serverPermissions.filter(
  (permission) => !everyday.some((other) => other === permission),
);

/** Whether one stands above another: an owner above everybody, else whose role comes first. */
export function outranks(role: ServerRole, other: ServerRole): boolean {
  return role === "owner" || serverRoles.indexOf(role) < serverRoles.indexOf(other);
}

/** Whether a role runs the server, and may carry a name that readers take for the server speaking. */
export function administers(role: ServerRole): boolean {
  return role === "owner" || role === "admin";
}
