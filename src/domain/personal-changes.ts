import type { Transaction } from "#db/connect.ts";
import { findDraftsSince, type DraftRow } from "#db/drafts.ts";
import { findFolders, findFoldersSince, type FolderRow } from "#db/folders.ts";
import { findForgottenSince } from "#db/former.ts";
import { findHiddenSince } from "#db/messages.ts";
import { findInvitationsByIds, findInvitationsSince, type ShownInvitation } from "#db/invitations.ts";
import { findDeliveriesSince, findDeliveryStates } from "#db/outbox.ts";
import {
  findKnownPerson,
  findPersonById,
  findProfileSince,
  type KnownPerson,
  type Since,
} from "#db/people.ts";
import { findPreferenceSince } from "#db/preferences.ts";
import { findRelationsSince, type RelationRow } from "#db/relations.ts";
import { findSavedSince } from "#db/saved.ts";
import { findMembersSince, findSummariesByIds } from "#db/views.ts";
import { findRefusedSince, type RefusedWish } from "#db/wishes.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { loadPreferences, type Preferences } from "./preferences.ts";
import { completeViews, type DeliveryState, type View } from "./read.ts";
import { snapshot } from "./snapshot.ts";

export type PersonalChange =
  | { kind: "membership"; number: number; view: View }
  | { kind: "hidden"; number: number; messageId: MessageId; view: View }
  | { kind: "forgotten"; number: number; conversationId: ConversationId }
  | { kind: "draft"; number: number; conversationId: ConversationId; draft: DraftRow | null }
  | { kind: "folders"; number: number; folders: FolderRow[] }
  | { kind: "preferences"; number: number; preferences: Preferences }
  | { kind: "profile"; number: number; known: KnownPerson }
  | {
      kind: "saved";
      number: number;
      conversationId: ConversationId;
      messageId: MessageId;
      savedAt: Date | null;
    }
  | { kind: "invitation"; number: number; invitation: ShownInvitation }
  | { kind: "relation"; number: number; relation: RelationRow }
  | { kind: "refused"; number: number; wish: RefusedWish }
  | {
      kind: "delivery";
      number: number;
      conversationId: ConversationId;
      messageId: MessageId;
      states: DeliveryState[];
    };

export interface PersonalChanges {
  changes: PersonalChange[];
  through: number;
  more: boolean;
}

/** Where changes of one kind stand, and how they are completed: one query each for a whole page. */
interface Source<Item extends { number: number } = { number: number }> {
  find(tx: Transaction, personId: PersonId, since: Since): Promise<Item[]>;
  load(tx: Transaction, personId: PersonId, items: readonly Item[]): Promise<PersonalChange[]>;
}

function source<Item extends { number: number }>(of: Source<Item>): Source {
  return of as unknown as Source;
}

/** One row per kind. Where two kinds share a number, the first tells it: a hidden message brings its conversation's new side along. */
const sources: readonly Source[] = [
  source({
    find: findHiddenSince,
    load: (tx, personId, items) =>
      withViews(tx, { personId, items }, ({ number, messageId }, view) => {
        return { kind: "hidden", number, messageId, view };
      }),
  }),
  source({
    find: findMembersSince,
    load: (tx, personId, items) =>
      withViews(tx, { personId, items }, ({ number }, view) => ({ kind: "membership", number, view })),
  }),
  source({
    find: findDraftsSince,
    load: async (_, __, items) =>
      items.map((row) => {
        const { number, conversationId } = row;
        return { kind: "draft", number, conversationId, draft: row.text === null ? null : row };
      }),
  }),
  source({
    find: findFoldersSince,
    load: async (tx, personId, items) => {
      const folders = await findFolders(tx, personId);
      return items.map(({ number }) => ({ kind: "folders", number, folders }));
    },
  }),
  source({
    find: findForgottenSince,
    load: async (_, __, items) => items.map((item) => ({ kind: "forgotten", ...item })),
  }),
  source({
    find: findDeliveriesSince,
    load: async (tx, _, items) => {
      const states = await findDeliveryStates(
        tx,
        items.map(({ messageId }) => messageId),
      );
      const byMessage = Map.groupBy(states, ({ messageId }) => messageId);
      return items.map((item) => {
        return { kind: "delivery", ...item, states: byMessage.get(item.messageId) ?? [] };
      });
    },
  }),
  source({
    find: findPreferenceSince,
    load: async (tx, personId, items) => {
      const preferences = await loadPreferences(tx, personId);
      return items.map(({ number }) => ({ kind: "preferences", number, preferences }));
    },
  }),
  source({
    find: findProfileSince,
    load: async (tx, personId, items) => {
      const known = await findKnownPerson(tx, personId);
      return known === null ? [] : items.map(({ number }) => ({ kind: "profile", number, known }));
    },
  }),
  source({
    find: findSavedSince,
    load: async (_, __, items) => items.map((item) => ({ kind: "saved", ...item })),
  }),
  source({
    find: findInvitationsSince,
    load: async (tx, _, items) => {
      const ids = items.map(({ id }) => id);
      return (await findInvitationsByIds(tx, ids)).map((invitation) => {
        return { kind: "invitation", number: invitation.invitation.number, invitation };
      });
    },
  }),
  source({
    find: findRefusedSince,
    load: async (_, __, items) => items.map((wish) => ({ kind: "refused", number: wish.number, wish })),
  }),
  source({
    find: findRelationsSince,
    load: async (_, __, items) =>
      items.map((relation) => ({ kind: "relation", number: relation.number, relation })),
  }),
];

/** What only the person's own sessions see, after their number `after`; each thing once, in its latest shape. */
export async function readPersonalChanges(
  ctx: Context,
  input: { personId: PersonId; after: number; limit: number },
): Promise<PersonalChanges> {
  return await snapshot(ctx, async (tx) => {
    const { personId, after, limit } = input;
    const person = await findPersonById(tx, personId);
    const found = new Map<number, { item: { number: number }; of: Source }>();
    for (const of of sources) {
      for (const item of await of.find(tx, personId, { after, limit: limit + 1 })) {
        if (!found.has(item.number)) found.set(item.number, { item, of });
      }
    }
    const ordered = [...found.values()].toSorted((a, b) => a.item.number - b.item.number);
    const page = ordered.slice(0, limit);
    const more = ordered.length > limit;
    const changes: PersonalChange[] = [];
    for (const of of sources) {
      const items = page.filter((one) => one.of === of).map(({ item }) => item);
      if (items.length > 0) changes.push(...(await of.load(tx, personId, items)));
    }
    const through = more ? page.at(-1)!.item.number : (person?.number ?? after);
    return { changes: changes.toSorted((a, b) => a.number - b.number), more, through };
  });
}

async function withViews<Item extends { conversationId: ConversationId }>(
  tx: Transaction,
  { personId, items }: { personId: PersonId; items: readonly Item[] },
  complete: (item: Item, view: View) => PersonalChange,
): Promise<PersonalChange[]> {
  const ids = [...new Set(items.map(({ conversationId }) => conversationId))];
  const views = await completeViews(tx, await findSummariesByIds(tx, personId, ids));
  const byId = new Map(views.map((view) => [view.conversation.id, view]));
  // Of what they took out of their list since, another change tells.
  return items.flatMap((item) => {
    const view = byId.get(item.conversationId);
    return view === undefined ? [] : [complete(item, view)];
  });
}
