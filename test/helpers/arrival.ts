import type { PersonRow } from "#db/people.ts";
import type { ReceiveMessage } from "#domain/receive.ts";

let count = 0;

/** A message of another server as the domain takes it: one that never came before, with what a test wants different. */
export function arrival(
  author: PersonRow,
  to: readonly PersonRow[],
  { text, ...change }: Partial<ReceiveMessage> & { readonly text?: string } = {},
): ReceiveMessage {
  count += 1;
  const uri = change.uri ?? `https://${author.host}/notes/${count}`;
  return {
    activity: { uri: `${uri}/create`, digest: `${count}`, said: `sha-256=${count}` },
    authorId: author.id,
    form: "Note",
    uri,
    recipientIds: to.map(({ id }) => id),
    contexts: [],
    room: null,
    inReplyToUri: null,
    local: { inReplyToId: null, conversationIds: [] },
    body: { text: text ?? `text ${count}`, html: null },
    chatEpoch: null,
    sentAt: new Date(Date.UTC(2025, 11, 31)),
    ...change,
  };
}
