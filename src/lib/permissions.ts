/** What somebody is in a conversation; each may do what those after them may. */
export const roles = ["owner", "admin", "member"] as const;
export type Role = (typeof roles)[number];

/** What may be done in a group, and who is the least that may. */
export const groupActions = ["write", "invite", "pin", "edit", "delete"] as const;
export type GroupAction = (typeof groupActions)[number];
/** `edit`: title, description, picture; `delete`: messages of others. */
export type Permissions = Readonly<Record<GroupAction, Role>>;
