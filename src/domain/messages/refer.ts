import type { Transaction } from "#db/connect.ts";
import { findMessagesByIds, findMessagesByUris, type MessageRow } from "#db/messages.ts";
import type { MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";

/** A message as another server names it: one of ours by its id, any other by its address. */
export type MessageRef = { id: MessageId } | { uri: string };

/** Names a message to other servers. */
export function refOf({ id, uri }: Pick<MessageRow, "id" | "uri">): MessageRef {
  return uri === null ? { id } : { uri };
}

/** Finds what is named; whether the one who names it may see it is not said yet. */
export async function findNamed(tx: Transaction, ref: MessageRef): Promise<MessageRow | null> {
  const [message] =
    "id" in ref ? await findMessagesByIds(tx, [ref.id]) : await findMessagesByUris(tx, [ref.uri]);
  return message ?? null;
}

/** The same; refuses `not_found`. */
export async function findReferred(tx: Transaction, ref: MessageRef): Promise<MessageRow> {
  const message = await findNamed(tx, ref);
  if (message === null) throw new Refusal("not_found");
  return message;
}
