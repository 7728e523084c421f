import type { Role } from "./permissions.ts";

/** What can happen to a group and its people, and is told in its flow of messages. */
export const noticeTypes = [
  "created",
  "joined",
  "left",
  "removed",
  "banned",
  "moved",
  "role",
  "title",
  "description",
  "picture",
  "permissions",
  "history",
  "archived",
  "reopened",
  "closed",
  "expiry",
] as const;
export type NoticeType = (typeof noticeTypes)[number];

/** A line that tells what happened; the message's author is who did it. */
export interface Notice {
  type: NoticeType;
  /** To whom it happened, when it was not the one who did it. */
  personIds: string[];
  /** What they are now (`role`). */
  role?: Role;
  /** The new title, the address of the account before (`moved`), or the seconds after which messages disappear (null: they stay). */
  value?: string | number | null;
}
