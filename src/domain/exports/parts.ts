import { findAdministered } from "#db/administered.ts";
import { findAuditPage, type AuditEntryRow } from "#db/audit.ts";
import { findPublicKeys, findReadable, findSaid, type SaidRow } from "#db/data-exports.ts";
import { findDraftsSince, type DraftRow } from "#db/drafts.ts";
import { findHeldHandles } from "#db/handles.ts";
import { findContacts } from "#db/moving.ts";
import { findKnownPerson, findPeopleByIds, type PersonRow } from "#db/people.ts";
import { findPicture, type PictureRow } from "#db/pictures.ts";
import type { SavedCursor } from "#db/saved.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { exportConversation } from "../export.ts";
import { listIdentities } from "../issuers/linked.ts";
import { listAliases } from "../moving/aliases.ts";
import { readAllowedApps } from "../oauth/allowed.ts";
import type { RelationRow } from "../relations/change.ts";
import { readOwn } from "../relations/read.ts";
import { listSessions } from "../sessions.ts";
import { listSaved, type SavedList } from "../shelf.ts";
import { readFactors } from "../sign-in/begin.ts";
import { readEmail } from "../sign-up/email.ts";

export type { AuditEntryRow, SaidRow };

/** Rows that are read at a time. */
const PAGE = 200;

/** What is known of somebody's account, and of what they chose; no secrets, and nothing that one is made of. */
export async function readAccountParts(ctx: Context, personId: PersonId) {
  const [known, account, { email }, factors, keys, sessions, apps, own, names] = await Promise.all([
    findKnownPerson(ctx.db, personId),
    findAdministered(ctx.db, personId),
    readEmail(ctx, personId),
    readFactors(ctx, personId),
    findPublicKeys(ctx.db, personId),
    listSessions(ctx, personId),
    readAllowedApps(ctx, personId),
    readOwn(ctx, personId),
    readNames(ctx, personId),
  ]);
  if (known === null) throw new Refusal("not_found");
  return { known, account, email, factors, keys, sessions, apps, own, ...names };
}

/** By what else somebody is known, here and elsewhere. */
async function readNames(ctx: Context, personId: PersonId) {
  const [held, identities, aliases] = await Promise.all([
    findHeldHandles(ctx.db, personId, ctx.now()),
    listIdentities(ctx, personId),
    listAliases(ctx, personId),
  ]);
  return { held, identities, aliases };
}

/** Somebody else, as one who is known. */
export interface KnownOne {
  person: PersonRow;
  /** Both have accepted to talk with each other. */
  isContact: boolean;
  relation: RelationRow | null;
}

/** Whom somebody talks with, and about whom they decided something. */
export async function* readPeople(ctx: Context, personId: PersonId): AsyncGenerator<KnownOne, void> {
  const [contacts, { relations }] = await Promise.all([
    findContacts(ctx.db, personId),
    readOwn(ctx, personId),
  ]);
  const isContact = new Set(contacts);
  const chosen = new Map(relations.map((relation) => [relation.otherId, relation]));
  const ids = [...new Set([...contacts, ...chosen.keys()])];
  for (let at = 0; at < ids.length; at += PAGE)
    for (const person of await findPeopleByIds(ctx.db, ids.slice(at, at + PAGE)))
      yield { person, isContact: isContact.has(person.id), relation: chosen.get(person.id) ?? null };
}

/** All that somebody said, wherever it was, oldest first. */
export async function* readSaid(ctx: Context, personId: PersonId): AsyncGenerator<SaidRow, void> {
  for (let after: MessageId | null = null; ;) {
    const page: SaidRow[] = await findSaid(ctx.db, { personId, after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** What was noted of what somebody did and of what was decided about them, newest first. */
export async function* readHistory(ctx: Context, personId: PersonId): AsyncGenerator<AuditEntryRow, void> {
  for (let after: AuditEntryRow["id"] | null = null; ;) {
    const page: AuditEntryRow[] = await findAuditPage(ctx.db, { personId, action: null, after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
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
