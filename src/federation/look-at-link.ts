import type { Context } from "#domain/context.ts";
import type { OfferElsewhere } from "#domain/groups/join-elsewhere.ts";
import { stanceOf } from "#domain/server-rules.ts";
import { joinLinkUrl, type JoinLink } from "#lib/join-link.ts";
import { Refusal } from "#lib/refusal.ts";
import { DocumentUnavailable, type Documents } from "./documents.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import { readOffer } from "./translate/room-in.ts";

interface Tools {
  readonly ctx: Context;
  readonly actors: RemoteActors;
  readonly documents: Documents;
}

/**
 * Asks the server of a link what it leads into. Only what that server says under the very address counts, of a group and
 * a keeper of its own. Refuses `server_suspended`, `link_invalid`, `link_unreachable`, and `not_found` for a link that
 * has ended.
 */
export async function lookAtLink(tools: Tools, link: JoinLink): Promise<OfferElsewhere> {
  const { ctx, actors, documents } = tools;
  const { talks } = await stanceOf(ctx, new URL(link.origin).host);
  if (!talks) throw new Refusal("server_suspended", { field: "url" });
  const url = joinLinkUrl(link);
  try {
    const { uri, room, members, approval } = readOffer((await documents.fetch(url)).document);
    if (uri !== url) throw new Dropped("id_elsewhere");
    const keeper = await actors.resolve(room.keeperUri);
    // Servers keep groups, so that whoever began one may go.
    if (keeper.kind !== "application") throw new Dropped("not_attributed");
    const title = room.facts.title ?? "";
    return { code: link.code, roomUri: room.uri, keeper, title, members, approval };
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  const field = "url";
  if (error instanceof DocumentUnavailable && error.problem === "gone")
    return new Refusal("not_found", { field });
  if (error instanceof DocumentUnavailable || error instanceof ActorUnavailable)
    return new Refusal(error.temporary ? "link_unreachable" : "link_invalid", { field });
  return error instanceof Dropped ? new Refusal("link_invalid", { field }) : error;
}
