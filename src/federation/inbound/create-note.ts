import { receiveMessage } from "#domain/receive.ts";
import { readBody } from "../translate/body-in.ts";
import { readCreate } from "../translate/note-in.ts";
import { isOurs, isSameOrigin, parseLocalUri } from "../uris.ts";
import { inbound } from "./handler.ts";

/** Somebody sends a private message. */
export const createNote = inbound({
  read: readCreate,
  take: async ({ ctx, actors, recipients }, { said: note, actorUri, owner, digest }) => {
    const { origin } = ctx.settings;
    const local = await recipients.findLocal(note, owner);
    const author = await actors.resolve(actorUri);
    const remote = await recipients.findRemote(note, actorUri);
    const replied = note.inReplyTo === null ? null : parseLocalUri(origin, note.inReplyTo);
    const named = note.contexts.flatMap((uri) => parseLocalUri(origin, uri) ?? []);
    const now = ctx.now();
    await receiveMessage(ctx, {
      activity: { uri: note.activityUri, digest },
      authorId: author.id,
      uri: note.uri,
      recipientIds: [...local, ...remote],
      contexts: note.contexts.filter((uri) => !isOurs(origin, uri)),
      room: note.contexts.find((uri) => isSameOrigin(uri, note.uri)) ?? null,
      inReplyToUri: note.inReplyTo,
      local: {
        inReplyToId: replied?.kind === "message" ? replied.id : null,
        conversationIds: named.flatMap((thing) => (thing.kind === "conversation" ? thing.id : [])),
      },
      body: readBody(note.body),
      sentAt: note.sentAt === null || note.sentAt > now ? now : note.sentAt,
    });
  },
});
