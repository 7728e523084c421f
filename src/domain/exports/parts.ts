import { findAdministered } from "#db/administered.ts";
import { findPublicKeys, findReadable } from "#db/data-exports.ts";
import { findDraftsSince, type DraftRow } from "#db/drafts.ts";
import { findPicture, type PictureRow } from "#db/pictures.ts";
import type { SavedCursor } from "#db/saved.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { exportConversation } from "../export.ts";
import { readAllowedApps } from "../oauth/allowed.ts";
import { readPerson } from "../people.ts";
import { readOwn } from "../relations/read.ts";
import { listSessions } from "../sessions.ts";
import { listSaved, type SavedList } from "../shelf.ts";
import { readFactors } from "../sign-in/begin.ts";
import { readEmail } from "../sign-up/email.ts";

/** Rows that are read at a time. */
const PAGE = 200;

/** What is known of somebody's account, and of what they chose; no secrets, and nothing that one is made of. */
export async function readAccountParts(ctx: Context, personId: PersonId) {
  const [person, account, { email }, factors, keys, sessions, apps, own] = await Promise.all([
    readPerson(ctx, personId),
    findAdministered(ctx.db, personId),
    readEmail(ctx, personId),
    readFactors(ctx, personId),
    findPublicKeys(ctx.db, personId),
    listSessions(ctx, personId),
    readAllowedApps(ctx, personId),
    readOwn(ctx, personId),
  ]);
  return { person, account, email, factors, keys, sessions, apps, own };
}

/** What somebody has begun to write. */
export async function* readDrafts(ctx: Context, personId: PersonId): AsyncGenerator<DraftRow, void> {
  for (let after = 0; ;) {
    const page = await findDraftsSince(ctx.db, personId, { after, limit: PAGE });
    yield* page.filter(({ text }) => text !== null);
    if (page.length < PAGE) return;
    after = page.at(-1)!.number;
  }
}

/** What somebody keeps, newest first. */
export async function* readSaved(
  ctx: Context,
  personId: PersonId,
): AsyncGenerator<SavedList["saved"][number], void> {
  let before: SavedCursor | null = null;
  do {
    const page: SavedList = await listSaved(ctx, { personId, before, limit: PAGE });
    yield* page.saved;
    before = page.next;
  } while (before !== null);
}

/** Every conversation that somebody may read, as far as they may, those they went from too. */
export async function* readConversationsOf(ctx: Context, personId: PersonId) {
  for (let after: ConversationId | null = null; ;) {
    const ids: ConversationId[] = await findReadable(ctx.db, { personId, after, limit: PAGE });
    for (const conversationId of ids) {
      const found = await exportConversation(ctx, { personId, conversationId }).catch((error: unknown) => {
        // Forgotten meanwhile.
        if (error instanceof Refusal && error.code === "not_found") return null;
        throw error;
      });
      if (found !== null) yield { conversationId, ...found };
    }
    if (ids.length < PAGE) return;
    after = ids.at(-1)!;
  }
}

/** The picture of a group, as it is kept here; null where it is not. */
export async function readPictureOf(ctx: Context, id: PictureRow["id"] | null): Promise<PictureRow | null> {
  return id === null ? null : await findPicture(ctx.db, id);
}
