import type { Context } from "#domain/context.ts";
import { isOfMessage, type OutgoingActivity, type OutgoingMessage } from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import {
  findReaders,
  fitToReaders,
  readPublishedActivity,
  readPublishedMessage,
  readSent,
} from "#domain/published.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { Id } from "#lib/ids.ts";
import { describeMessageCollection } from "./collections.ts";
import type { PrivateDoor, PrivateRequest } from "./private-door.ts";
import { notFound, privateDocument } from "./responses.ts";
import { translateActivity } from "./translate/activity-out.ts";
import { translateGone, translateMessage } from "./translate/note-out.ts";
import type { MessageCollection } from "./uris.ts";

/**
 * Messages and activities of our people, for those whom they are addressed to and for their servers. Everybody else gets
 * the answer of a thing that does not exist.
 */
export interface PrivateObjects {
  getMessage(request: PrivateRequest): Promise<Response>;
  /** What a message has of public answers: nothing, which only its own readers are told. */
  getCollection(request: PrivateRequest, collection: MessageCollection): Promise<Response>;
  getActivity(request: PrivateRequest): Promise<Response>;
}

/** Makes the answers about messages and activities, for behind the private door. */
export function createPrivateObjects(ctx: Context, door: PrivateDoor): PrivateObjects {
  const serve = <Kind extends string, Found extends OutgoingActivity>(
    request: PrivateRequest,
    thing: {
      read: (id: Id<Kind>) => Promise<Found>;
      answer: (found: Found, readers: readonly PersonRow[]) => Response | Promise<Response>;
    },
  ): Promise<Response> =>
    door.open<Kind>(request, async (id, readersAmong) => {
      const found = await thing.read(id);
      const readers = await readersAmong(await findReaders(ctx, found));
      const fitting = await fitToReaders(ctx, found, readers);
      return fitting === null ? notFound() : await thing.answer(fitting, readers);
    });

  /** Once a message is deleted, whatever belongs to it is answered with its Tombstone. */
  const serveOfMessage = (request: PrivateRequest, describe: (found: OutgoingMessage) => JsonObject) =>
    serve<"message", OutgoingMessage>(request, {
      read: (messageId) => readPublishedMessage(ctx, messageId),
      answer: (found) =>
        found.message.deletedAt === null
          ? privateDocument(describe(found), 200)
          : privateDocument(translateMessage(ctx.settings, found), 410),
    });

  return {
    getMessage: (request) => serveOfMessage(request, (found) => translateMessage(ctx.settings, found)),
    getCollection: (request, collection) =>
      serveOfMessage(request, (found) => describeMessageCollection(ctx.settings, found, collection)),
    getActivity: (request) =>
      serve<"activity", OutgoingActivity>(request, {
        read: (activityId) => readPublishedActivity(ctx, activityId),
        answer: async (found, readers) => {
          const isGone = isOfMessage(found) && found.type !== "Delete" && found.version === null;
          if (isGone) return privateDocument(translateGone(ctx.settings, found), 410);
          // As it was sent, because its digest stands in the logs of groups.
          const sent = await readSent(ctx, found.id, readers);
          return privateDocument(sent ?? translateActivity(ctx.settings, found), 200);
        },
      }),
  };
}
