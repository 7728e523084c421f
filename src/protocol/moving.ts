import type { Person } from "./types.ts";

/** `GET /me/moving`, and the answer to what changes it: one's other accounts, and where one has moved to. */
export interface Moving {
  /** Accounts that may move here, the latest first. */
  aliases: Person[];
  /** Where one lives now; null for here. */
  movedTo: Person | null;
  /** When one may move away; null for now. */
  movableAt: string | null;
}
