import { followedRoom, type Missing } from "#domain/groups/follow-up.ts";
import { receiveCopy } from "#domain/groups/receive-copy.ts";
import { findPeopleByUris, findPersonByUri } from "#domain/people.ts";
import { Refusal } from "#lib/refusal.ts";
import { DocumentUnavailable, type DocumentProblem, type Documents } from "./documents.ts";
import type { HearingTools } from "./hear.ts";
import { readBody } from "./translate/body-in.ts";
import { readCopy } from "./translate/copy-in.ts";
import { Dropped } from "./translate/dropped.ts";
import { copyUri, isOurs, parseLocalUri } from "./uris.ts";

/**
 * Asks the server that keeps a group for what somebody said in it whose own server is gone. Where that still answers for its
 * author, it is not gone: then it did not mean the message for us. Answers whether it was taken.
 */
export async function takeCopy(
  { ctx, documents }: HearingTools,
  missing: Missing,
  failure: DocumentUnavailable,
): Promise<boolean> {
  const { origin } = ctx.settings;
  const followed = await followedRoom(ctx, missing.conversationId);
  if (followed === null) return false;
  const { room, keeper } = followed;
  const { conversationId: _, uri: activityUri, seq } = missing;
  try {
    const { document } = await documents.fetch(copyUri(room, seq));
    const { note, authorUri } = readCopy(document, {
      ...{ origin, room, seq, activityUri },
      keeperUri: keeper.uri ?? "",
    });
    const author = await findPersonByUri(ctx, authorUri);
    if (author === null || !(await isGone(documents, authorUri, failure))) return false;
    const ours = note.recipients.map((uri) => (isOurs(origin, uri) ? parseLocalUri(origin, uri) : null));
    const others = await findPeopleByUris(ctx, note.recipients);
    const replied = note.inReplyTo === null ? null : parseLocalUri(origin, note.inReplyTo);
    const now = ctx.now();
    await receiveCopy(ctx, {
      ...{ missing, authorId: author.id, uri: note.uri, forwarded: note.forwarded },
      recipientIds: [
        ...ours.flatMap((thing) => (thing?.kind === "actor" ? thing.id : [])),
        ...others.map(({ id }) => id),
      ],
      inReplyToUri: note.inReplyTo,
      local: { inReplyToId: replied?.kind === "message" ? replied.id : null, conversationIds: [] },
      body: readBody(note.body),
      sentAt: note.sentAt === null || note.sentAt > now ? now : note.sentAt,
      chatEpoch: note.chatEpoch,
    });
    return true;
  } catch (error) {
    const isNone = [DocumentUnavailable, Dropped, Refusal].some((kind) => error instanceof kind);
    if (isNone) return false;
    throw error;
  }
}

/**
 * Whether nobody answers for an author any more: a server that said no must say so of them too, and not just be slow now.
 * Who is kept out by either side's operator is not gone.
 */
async function isGone(
  documents: Documents,
  authorUri: string,
  failure: DocumentUnavailable,
): Promise<boolean> {
  try {
    await documents.fetch(authorUri);
    return false;
  } catch (error) {
    if (!(error instanceof DocumentUnavailable)) throw error;
    return isSilence(error) && (failure.temporary || !error.temporary);
  }
}

/** Whether an answer means that nobody is there, and not that somebody says no. */
function isSilence({ problem, status = 0 }: DocumentUnavailable): boolean {
  const silences: readonly DocumentProblem[] = [
    "gone",
    "content_type",
    "not_json",
    "id_mismatch",
    "unreachable",
  ];
  return silences.includes(problem) || (problem === "status" && status >= 500);
}
