import type { Context } from "#domain/context.ts";
import { isOfMessage, type OutgoingActivity, type OutgoingMessage } from "#domain/outgoing.ts";
import type { PersonRow } from "#domain/people.ts";
import { findReaders, readPublishedActivity, readPublishedMessage, fitToReaders } from "#domain/published.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { Id } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { describeMessageCollection } from "./collections.ts";
import type { InboxLimits } from "./inbox-guard-limits.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import type { RemoteKeys } from "./remote-keys.ts";
import { bare, notFound, privateDocument } from "./responses.ts";
import { Dropped } from "./translate/dropped.ts";
import { translateActivity } from "./translate/activity-out.ts";
import { translateGone, translateMessage } from "./translate/note-out.ts";
import { hostOf, isExactId, uriOfPerson, type MessageCollection } from "./uris.ts";
import { Unverified } from "./verify-unverified.ts";
import type { Verifier } from "./verify.ts";

export interface PrivateObjectsOptions {
  readonly verifier: Verifier;
  readonly keys: RemoteKeys;
  /** Shared with the inbox. */
  readonly limits: InboxLimits;
  readonly actors: RemoteActors;
  /** Whether anything is given to a server; to all by default. */
  readonly admits?: (host: string) => Promise<boolean>;
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
  /** What a message has of public answers: nothing, which only its own readers are told. */
  getCollection(request: PrivateRequest, collection: MessageCollection): Promise<Response>;
  getActivity(request: PrivateRequest): Promise<Response>;
}

const RETRY_AFTER_S = 60;

/** Makes the door to private objects. */
export function createPrivateObjects(ctx: Context, options: PrivateObjectsOptions): PrivateObjects {
  const { actors } = options;

  /** The signer comes first: an unsigned request learns nothing from the time that its answer takes. */
  async function serve<Kind extends string, Found extends OutgoingActivity>(
    request: PrivateRequest,
    door: {
      read: (id: Id<Kind>) => Promise<Found>;
      answer: (found: Found) => Response;
    },
  ): Promise<Response> {
    try {
      const actorUri = await provenReader(options, request);
      if (!isExactId<Kind>(request.id)) return notFound();
      const found = await door.read(request.id);
      const fitting = await fitToReaders(
        ctx,
        found,
        await readersAt(actorUri, await findReaders(ctx, found)),
      );
      return fitting === null ? notFound() : door.answer(fitting);
    } catch (error) {
      if (error instanceof GuardRefusal) return comeBack(error.status, error.retryAfter);
      if (error instanceof Unverified && error.temporary) return comeBack(503, RETRY_AFTER_S);
      if (error instanceof Unverified || error instanceof Refusal) return notFound();
      throw error;
    }
  }

  /** For whom among the addressees a signer reads: for themselves, or, as their server, for its people. */
  async function readersAt(signer: string, audience: readonly PersonRow[]): Promise<PersonRow[]> {
    const uri = (person: PersonRow): string => uriOfPerson(ctx.settings.origin, person);
    const own = audience.filter((person) => uri(person) === signer);
    if (own.length > 0) return own;
    const people = audience.filter((person) => hostOf(uri(person)) === hostOf(signer));
    return people.length > 0 && (await isServer(actors, signer)) ? people : [];
  }

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
        answer: (found) => {
          const isGone = isOfMessage(found) && found.type !== "Delete" && found.version === null;
          if (isGone) return privateDocument(translateGone(ctx.settings, found), 410);
          return privateDocument(translateActivity(ctx.settings, found), 200);
        },
      }),
  };
}

/** Servers fetch in their own name: by an Application, or by an actor that is called like its host. */
async function isServer(actors: RemoteActors, uri: string): Promise<boolean> {
  try {
    const { kind, handle } = await actors.resolve(uri);
    return kind === "application" || handle === hostOf(uri);
  } catch (error) {
    if (error instanceof ActorUnavailable || error instanceof Dropped) return false;
    throw error;
  }
}

/** Who signed, within the limits of the inbox: a made-up signature costs us a fetch here as well. Throws GuardRefusal. */
async function provenReader(
  { verifier, keys, limits, admits }: PrivateObjectsOptions,
  { target, headers }: PrivateRequest,
): Promise<string> {
  const head = { method: "GET", url: target, headers };
  const { keyId } = verifier.examineGet(head);
  const { host } = new URL(keyId);
  if ((await admits?.(host)) === false) throw new GuardRefusal(403, "server_suspended");
  limits.checkHost(host);
  const release = limits.enter(host);
  try {
    const known = await keys.known(keyId);
    if (known === undefined) limits.countStranger(host);
    else limits.checkActor(known.ownerUri);
    const { actorUri } = await verifier.verifyGet(head);
    limits.count(actorUri, host);
    return actorUri;
  } finally {
    release();
  }
}

/** `retryAfter` in seconds. */
function comeBack(status: number, retryAfter: number | undefined): Response {
  return bare(status, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
}
