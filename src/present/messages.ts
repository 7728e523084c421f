import type { DeliveryState, MessageRow } from "#domain/read.ts";
import type { Delivery, Message, MessageBody } from "#protocol/types.ts";

/** A message, alike for all who may see it, so that its frame is serialised once. */
export function presentMessage(row: MessageRow): Message {
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
    body: presentBody(row),
    inReplyTo: row.inReplyTo,
    key: row.key,
  };
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

function presentBody(row: MessageRow): MessageBody | null {
  if (row.deletedAt !== null) return null;
  if (row.opaque !== null) {
    return {
      opaque: Buffer.from(row.opaque).toString("base64"),
      mediaType: row.mediaType ?? "application/octet-stream",
    };
  }
  return { text: row.text ?? "", ...(row.html === null ? {} : { html: row.html }) };
}
