import { findVisibleById } from "#db/sight.ts";
import type { MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { checkSaid } from "./lock.ts";
import { postMessage, type Posted, type PostMessage } from "./post.ts";

export interface ForwardMessage extends Omit<PostMessage, "text" | "forwarded" | "remote"> {
  /** What is passed on; the author of the new message must see it. */
  messageId: MessageId;
}

/** Says the words of another message again, marked as passed on. Who first said them, and where, is not told. */
export async function forwardMessage(ctx: Context, { messageId, ...post }: ForwardMessage): Promise<Posted> {
  const message = await findVisibleById(ctx.db, post.authorId, messageId);
  if (message === null) throw new Refusal("not_found");
  if (message.deletedAt !== null) throw new Refusal("deleted", { field: "forward" });
  checkSaid(message);
  return await postMessage(ctx, { ...post, text: message.text ?? "", forwarded: true });
}
