import { receiveMessage } from "#domain/receive.ts";
import { readBody } from "../translate/body-in.ts";
import { readChat, readCreate, type IncomingNote } from "../translate/note-in.ts";
import { isOurs, isSameOrigin, parseLocalUri } from "../uris.ts";
import { inbound, type Handler } from "./handler.ts";

const take: Handler<IncomingNote>["take"] = async (
  tools,
  { said: note, actorUri, owner, digest, canonical },
) => {
  const { ctx, actors, recipients, newcomers } = tools;
  const { origin } = ctx.settings;
  const local = await recipients.findLocal(note, owner);
  const known = await actors.resolve(actorUri);
  // Who is said to be gone, and writes, may be back.
  const author = known.state === "deleted" ? await actors.refresh(actorUri) : known;
  const remote = await recipients.findRemote(note, actorUri);
  const replied = note.inReplyTo === null ? null : parseLocalUri(origin, note.inReplyTo);
  const named = note.contexts.flatMap((uri) => parseLocalUri(origin, uri) ?? []);
  const rooms = note.contexts.filter((uri) => !isOurs(origin, uri));
  await newcomers.await({ authorId: author.id, recipientIds: local, rooms });
  const now = ctx.now();
  await receiveMessage(ctx, {
    activity: { uri: note.activityUri, digest, said: canonical },
    authorId: author.id,
    uri: note.uri,
    form: note.form,
    forwarded: note.forwarded,
    recipientIds: [...local, ...remote.ids],
    standIns: remote.standIns,
    contexts: rooms,
    room: note.contexts.find((uri) => isSameOrigin(uri, note.uri)) ?? null,
    inReplyToUri: note.inReplyTo,
    local: {
      inReplyToId: replied?.kind === "message" ? replied.id : null,
      conversationIds: named.flatMap((thing) => (thing.kind === "conversation" ? thing.id : [])),
    },
    body: readBody(note.body),
    chatEpoch: note.chatEpoch,
    sentAt: note.sentAt === null || note.sentAt > now ? now : note.sentAt,
  });
};

/** Somebody sends a private message. */
export const createNote = inbound({ read: readCreate, take });
/** The same in the form that some servers use between two people. */
export const createChatMessage = inbound({ read: readChat, take });
