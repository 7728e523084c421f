import { findMessagesByIds, findVersion } from "#db/messages.ts";
import { findImplicitParent } from "#db/parents.ts";
import { findPeopleByIds } from "#db/people.ts";
import type { Context } from "../context.ts";
import { inConversation, type Found } from "./found.ts";
import type { Outgoing, OutgoingMessage } from "./types.ts";

/** What is said: a message, another text of it, or that it is gone. */
export async function describeMessage(
  ctx: Context,
  found: Found,
  common: Outgoing,
): Promise<OutgoingMessage> {
  const { message, conversation } = inConversation(found);
  const { id, type, version: number } = found.activity;
  if (number === null || (type !== "Create" && type !== "Update" && type !== "Delete"))
    throw new Error(`activity ${id} tells of no message`);
  const [version, answered] = await Promise.all([
    type === "Delete" ? null : findVersion(ctx.db, message.id, number),
    describeAnswered(ctx, found),
  ]);
  return {
    ...common,
    type,
    conversation,
    message,
    version: version?.text == null ? null : { text: version.text, at: version.at },
    ...answered,
  };
}

/** What a message answers: a message that its readers have, and in words what they do not have. */
async function describeAnswered(
  ctx: Context,
  { activity, message, lacksParent }: Found,
): Promise<Pick<OutgoingMessage, "inReplyTo" | "quote">> {
  const { inReplyTo } = activity;
  if (inReplyTo === null || message === null) return { inReplyTo: null, quote: null };
  const instead = lacksParent ? await findImplicitParent(ctx.db, message.id) : null;
  const rows = await findMessagesByIds(ctx.db, instead === null ? [inReplyTo] : [inReplyTo, instead]);
  const standing = rows.filter(({ deletedAt }) => deletedAt === null);
  const parent = standing.find(({ id }) => id === inReplyTo);
  const named = lacksParent ? standing.find(({ id }) => id === instead) : parent;
  // What nobody chose to answer is not quoted either, nor to anybody who blocks whose words they are.
  const isKept = parent?.withheldFrom.some((id) => message.audience?.includes(id)) ?? false;
  const isQuoted = lacksParent && message.inReplyTo === inReplyTo && !isKept;
  const quoted = isQuoted ? parent : undefined;
  const [author] = quoted === undefined ? [] : await findPeopleByIds(ctx.db, [quoted.authorId]);
  return {
    inReplyTo: named === undefined ? null : { id: named.id, uri: named.uri },
    quote: quoted?.text == null || author === undefined ? null : { text: quoted.text, author },
  };
}
