/** What somebody is in a conversation; each may do what those after them may. */
export const roles = ["owner", "admin", "member"] as const;
export type Role = (typeof roles)[number];

/** What may be done in a group, and who is the least that may. */
export const groupActions = ["write", "invite", "pin", "edit", "delete"] as const;
export type GroupAction = (typeof groupActions)[number];
/** `edit`: title, description, picture; `delete`: messages of others. */
export type Permissions = Readonly<Record<GroupAction, Role>>;

/** How a new group is. */
export const usualPermissions: Permissions = {
  write: "member",
  invite: "member",
  pin: "member",
  edit: "admin",
  delete: "admin",
};

/** Whether somebody of a role may do what is left to another and those above. */
export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(least);
}

/**
 * Whether somebody of a role may do something, where `permissions` say who may; without them all members may do all but
 * delete what others said.
 */
export function mayDo(role: Role, action: GroupAction, permissions: Permissions | null): boolean {
  return permissions === null ? action !== "delete" : isAtLeast(role, permissions[action]);
}

/** Whether somebody may take another out of a group, or change what they are: only those below oneself. */
export function isAbove(role: Role, other: Role): boolean {
  return role !== "member" && roles.indexOf(role) < roles.indexOf(other);
}
