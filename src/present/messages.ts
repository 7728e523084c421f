import type { DeliveryState, MessageRow, ShownMessage } from "#domain/read.ts";
import type { Version } from "#domain/shelf.ts";
import type { MessageHistory } from "#protocol/api.ts";
import type { Message, MessageBody, Reaction, TextBody } from "#protocol/types.ts";
import type { Delivery } from "#protocol/deliveries.ts";

/** A message, alike for all who may see it, so that its frame is serialised once. */
export function presentMessage(row: ShownMessage): Message {
  return {
    id: row.id,
    conversationId: row.conversationId,
    authorId: row.authorId,
    position: row.position,
    revision: row.revision,
    sentAt: row.sentAt.toISOString(),
    receivedAt: row.receivedAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    deletedBy: row.deletedBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    expired: row.deletedAt !== null && row.expiresAt !== null && row.deletedAt >= row.expiresAt,
    body: presentBody(row),
    inReplyTo: row.inReplyTo,
    mentions: row.mentions,
    onlyTo: row.omitted.length === 0 || row.late ? null : row.audience,
    alsoTo: row.alsoTo,
    late: row.late,
    vouched: row.vouched,
    unlogged: row.unlogged,
    forwarded: row.forwarded,
    pinned: presentPin(row),
    reactions: presentReactions(row),
    notice: row.notice,
    key: row.key,
  };
}

/** One text that a message has had. */
export function presentVersion({ version, text, html, at }: Version): MessageHistory["versions"][number] {
  return { version, body: presentText({ text, html }), at: at.toISOString() };
}

/** How the server of one recipient took a message. */
export function presentDelivery(row: DeliveryState): Delivery {
  const { recipientId: personId, host, state, reason, changedAt } = row;
  return { personId, host, state, reason, at: changedAt.toISOString() };
}

/** The states of several messages, by message. */
export function presentDeliveries(rows: readonly DeliveryState[]): Record<string, Delivery[]> {
  const byMessage = Map.groupBy(rows, ({ messageId }) => messageId);
  return Object.fromEntries([...byMessage].map(([id, states]) => [id, states.map(presentDelivery)]));
}

function presentPin({ pinnedAt, pinnedBy }: MessageRow): Message["pinned"] {
  return pinnedAt === null ? null : { by: pinnedBy, at: pinnedAt.toISOString() };
}

/** One emoji of this server, for whoever chooses among them. */
export function presentCustomEmoji({ id, shortcode }: { id: string; shortcode: string }) {
  return { shortcode, url: pictureUrl(id) };
}

function pictureUrl(id: string): string {
  return `/emoji/${id}`;
}

/** Each emoji once, in the order of its first use, with who chose it. */
function presentReactions({ reactions }: ShownMessage): Reaction[] {
  const byEmoji = Map.groupBy(reactions, ({ emoji }) => emoji);
  return [...byEmoji].map(([emoji, given]) => {
    const pictureId = given[0]?.customEmojiId ?? null;
    const url = pictureId === null ? null : pictureUrl(pictureId);
    return { emoji, url, personIds: given.map(({ personId }) => personId) };
  });
}

function presentText({ text, html }: { text: string | null; html: string | null }): TextBody {
  return { text: text ?? "", ...(html === null ? {} : { html }) };
}

function presentBody(row: MessageRow): MessageBody | null {
  if (row.deletedAt !== null) return null;
  if (row.opaque !== null) {
    return {
      opaque: Buffer.from(row.opaque).toString("base64"),
      mediaType: row.mediaType ?? "application/octet-stream",
    };
  }
  return presentText(row);
}
