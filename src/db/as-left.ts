import { and, desc, eq, inArray, isNotNull, lte } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { reader } from "./schema/conversations.ts";
import { messageVersion } from "./schema/messages.ts";
import type { ShownMessage } from "./sight.ts";

/**
 * Messages as whoever went from a group keeps them: their words as they were then, and nothing that was done to them.
 * Of what was deleted since, no words are left to anybody. Members (`leftRevision` null) see them as they are.
 */
export async function asLeft(
  q: Queryable,
  { leftRevision }: { leftRevision: number | null },
  rows: readonly ShownMessage[],
): Promise<ShownMessage[]> {
  if (leftRevision === null) return [...rows];
  const edited = rows.filter((row) => row.version > 1 && row.revision > leftRevision);
  const ids = edited.map(({ id }) => id);
  const versions =
    ids.length === 0
      ? []
      : await q
          .selectDistinctOn([messageVersion.messageId])
          .from(messageVersion)
          .where(and(inArray(messageVersion.messageId, ids), lte(messageVersion.revision, leftRevision)))
          .orderBy(messageVersion.messageId, desc(messageVersion.version));
  const then = new Map(versions.map((version) => [version.messageId, version]));
  const isEdited = new Set(ids);
  return rows.map((row) => {
    const kept = {
      ...row,
      revision: leftRevision,
      reactions: [],
      pinnedAt: null,
      pinnedBy: null,
      deletedBy: null,
    };
    const version = then.get(row.id);
    if (!isEdited.has(row.id) || row.deletedAt !== null) return kept;
    // Of what was edited very often, the oldest versions are gone.
    const { text, html, version: number, at } = version ?? { text: "", html: null, version: 1, at: null };
    return { ...kept, text, html, version: number, editedAt: number > 1 ? at : null };
  });
}

/** The same of messages of any conversations, all of which somebody may see; their order stays. */
export async function asLeftAnywhere(
  q: Queryable,
  personId: PersonId,
  rows: readonly ShownMessage[],
): Promise<ShownMessage[]> {
  const ids = [...new Set(rows.map(({ conversationId }) => conversationId))];
  if (ids.length === 0) return [];
  const isGone = and(
    eq(reader.personId, personId),
    inArray(reader.conversationId, ids),
    isNotNull(reader.leftRevision),
  );
  const left = await q
    .select({ id: reader.conversationId, leftRevision: reader.leftRevision })
    .from(reader)
    .where(isGone);
  const kept = await Promise.all(
    left.map((of) =>
      asLeft(
        q,
        of,
        rows.filter(({ conversationId }) => conversationId === of.id),
      ),
    ),
  );
  const byId = new Map(kept.flat().map((row) => [row.id, row]));
  return rows.map((row) => byId.get(row.id) ?? row);
}
