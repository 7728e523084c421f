import type { ConversationRow } from "#db/conversations.ts";
import type { NewMessage } from "#db/posts.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import { addressOf } from "../people.ts";
import type { RemoteMessage } from "./post.ts";

type Addressing = Pick<NewMessage, "audience" | "omitted" | "alsoTo" | "chatEpoch" | "late">;

export interface Addressed {
  authorId: PersonId;
  conversation: ConversationRow;
  /** Everybody in the conversation. */
  people: readonly Participant[];
  /** What another server's author says of it. */
  remote: Pick<RemoteMessage, "audience" | "recipients" | "chatEpoch"> | undefined;
}

/**
 * Whom a message is for. Our own people write to everybody who is there; others choose whom they address, so some who
 * are there may be left out, and some who are not may be named: they do not come in by it. Sent in an older epoch, it
 * leaves out those who came since.
 */
export function addressMessage(
  ctx: Context,
  { authorId, conversation, people, remote }: Addressed,
): Addressing {
  const others = people.flatMap(({ id }) => (id === authorId ? [] : id));
  const { keeperId, chatEpoch } = conversation;
  const epoch = keeperId === null ? null : chatEpoch;
  if (remote === undefined)
    return {
      audience: staysHere(people) ? null : others,
      omitted: [],
      alsoTo: [],
      chatEpoch: epoch,
      late: false,
    };
  const { audience, recipients = [] } = remote;
  const sentIn = epoch === null ? null : (remote.chatEpoch ?? epoch);
  return {
    audience,
    omitted: others.filter((id) => !audience.includes(id)),
    alsoTo: recipients
      .filter(({ id }) => id !== authorId && !others.includes(id))
      .map((recipient) => addressOf(ctx, recipient)),
    chatEpoch: sentIn,
    late: sentIn !== null && sentIn < chatEpoch,
  };
}

/** Whether nobody elsewhere will ever be told of what is said to these people: then all of them are meant, and that is enough. */
function staysHere(people: readonly Participant[]): boolean {
  return people.length > 2 && people.every(({ host }) => host === null);
}
