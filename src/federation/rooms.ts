import type { Context } from "#domain/context.ts";
import { readCopy } from "#domain/groups/copy.ts";
import { readOffer } from "#domain/groups/links.ts";
import { readHostedRoom, readLogPage, type Insider, type Room } from "#domain/groups/room.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { PrivateDoor, PrivateRequest } from "./private-door.ts";
import { notFound, privateDocument } from "./responses.ts";
import { translateActivity } from "./translate/activity-out.ts";
import { translateCopy } from "./translate/copy-out.ts";
import { translateLogPage } from "./translate/log-out.ts";
import { translateMembers, translateOffer, translateRoom } from "./translate/rooms-out.ts";

/** Groups that this server keeps, for those who are in them and for their servers. */
export interface Rooms {
  getRoom(request: PrivateRequest): Promise<Response>;
  getMembers(request: PrivateRequest): Promise<Response>;
  /** Some numbers of the log after `after` (0 at first). */
  getLog(request: PrivateRequest, after: number): Promise<Response>;
  /** What a link leads into; its code stands for the id. */
  getOffer(request: PrivateRequest): Promise<Response>;
  /** What another server's author said under a number, for whom their own server cannot be asked any more. */
  getCopy(request: PrivateRequest, seq: number): Promise<Response>;
}

interface Inside {
  room: Room;
  /** Everybody in the group. */
  insiders: Insider[];
  /** Those of them for whom is asked. */
  readers: Insider[];
}

/** Makes the answers about groups, for behind the private door. */
export function createRooms(ctx: Context, door: PrivateDoor): Rooms {
  const { settings: home } = ctx;
  const serve = (
    request: PrivateRequest,
    answer: (inside: Inside) => JsonObject | Promise<JsonObject>,
  ): Promise<Response> =>
    door.open<"conversation">(request, async (id: ConversationId, readersAmong) => {
      const { room, insiders } = await readHostedRoom(ctx, id);
      const people = await readersAmong(insiders.map(({ person }) => person));
      const readers = insiders.filter(({ person }) => people.includes(person));
      return readers.length === 0
        ? notFound()
        : privateDocument(await answer({ room, insiders, readers }), 200);
    });

  return {
    getRoom: (request) => serve(request, ({ room }) => translateRoom(home, room)),
    getMembers: (request) => serve(request, ({ room, insiders }) => translateMembers(home, room, insiders)),
    getLog: (request, after) =>
      serve(request, async ({ room, readers }) => {
        const items = await readLogPage(ctx, { room, readers, after });
        return translateLogPage(home, { room, after, items, translate: translateActivity });
      }),
    getCopy: (request, seq) =>
      serve(request, async ({ room, readers }) =>
        translateCopy(home, { room, seq, copy: await readCopy(ctx, { room, readers, seq }) }),
      ),
    getOffer: (request) =>
      door.pass(request, async () =>
        privateDocument(translateOffer(home, await readOffer(ctx, request.id)), 200),
      ),
  };
}
