import type { Context } from "#domain/context.ts";
import type { OutgoingActivity } from "#domain/lanes.ts";
import type { PersonRow } from "#domain/people.ts";
import { readPublished } from "#domain/published.ts";
import type { Id } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { bare, notFound, privateDocument } from "./responses.ts";
import { Dropped } from "./translate/dropped.ts";
import { translateActivity, translateGone, translateMessage } from "./translate/note-out.ts";
import { hostOf, isExactId, uriOfPerson } from "./uris.ts";
import { Unverified } from "./verify-unverified.ts";
import type { Verifier } from "./verify.ts";

export interface PrivateObjectsOptions {
  readonly verifier: Verifier;
  readonly actors: RemoteActors;
}

export interface PrivateRequest {
  readonly id: string;
  /** The target as it stood on the request line. */
  readonly target: string;
  readonly headers: Headers;
}

/**
 * Messages and activities of our people, for those whom they are addressed to and for their servers. Everybody else gets
 * the answer of a thing that does not exist.
 */
export interface PrivateObjects {
  getMessage(request: PrivateRequest): Promise<Response>;
  getActivity(request: PrivateRequest): Promise<Response>;
}

const RETRY_AFTER_S = "60";

/** Makes the door to private objects. */
export function createPrivateObjects(ctx: Context, options: PrivateObjectsOptions): PrivateObjects {
  const { verifier, actors } = options;

  /** The signer comes first: an unsigned request learns nothing from the time that its answer takes. */
  async function serve<Kind extends string>(
    request: PrivateRequest,
    door: {
      read: (id: Id<Kind>) => Promise<OutgoingActivity>;
      answer: (found: OutgoingActivity) => Response;
    },
  ): Promise<Response> {
    try {
      const { actorUri } = await verifier.verifyGet({
        method: "GET",
        url: request.target,
        headers: request.headers,
      });
      if (!isExactId<Kind>(request.id)) return notFound();
      const found = await door.read(request.id);
      return (await mayRead(actorUri, found.audience)) ? door.answer(found) : notFound();
    } catch (error) {
      if (error instanceof Unverified && error.temporary) return bare(503, { "retry-after": RETRY_AFTER_S });
      if (error instanceof Unverified || error instanceof Refusal) return notFound();
      throw error;
    }
  }

  async function mayRead(signer: string, audience: readonly PersonRow[]): Promise<boolean> {
    const uris = audience.map((person) => uriOfPerson(ctx.settings.origin, person));
    if (uris.includes(signer)) return true;
    const host = hostOf(signer);
    return uris.some((uri) => hostOf(uri) === host) && (await isServer(signer));
  }

  /** Servers fetch in their own name: by an Application, or by an actor that is called like its host. */
  async function isServer(uri: string): Promise<boolean> {
    try {
      const { kind, handle } = await actors.resolve(uri);
      return kind === "application" || handle === hostOf(uri);
    } catch (error) {
      if (error instanceof ActorUnavailable || error instanceof Dropped) return false;
      throw error;
    }
  }

  return {
    getMessage: (request) =>
      serve<"message">(request, {
        read: (messageId) => readPublished(ctx, { messageId }),
        answer: (found) => {
          const status = found.message.deletedAt === null ? 200 : 410;
          return privateDocument(translateMessage(ctx.settings, found), status);
        },
      }),
    getActivity: (request) =>
      serve<"activity">(request, {
        read: (activityId) => readPublished(ctx, { activityId }),
        answer: (found) => {
          const isGone = found.type !== "Delete" && found.version === null;
          if (isGone) return privateDocument(translateGone(ctx.settings, found), 410);
          return privateDocument(translateActivity(ctx.settings, found), 200);
        },
      }),
  };
}
