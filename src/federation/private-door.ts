import type { Context } from "#domain/context.ts";
import type { PersonRow } from "#domain/people.ts";
import type { Id } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { InboxLimits } from "./inbox-guard-limits.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import type { RemoteKeys } from "./remote-keys.ts";
import { bare, notFound } from "./responses.ts";
import { Dropped } from "./translate/dropped.ts";
import { hostOf, isExactId, uriOfPerson } from "./uris.ts";
import { Unverified } from "./verify-unverified.ts";
import type { Verifier } from "./verify.ts";

export interface PrivateDoorOptions {
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

/** Those of some people for whom the signer of a request reads: for themselves, or, as their server, for its people. */
export type ReadersAmong = (people: readonly PersonRow[]) => Promise<PersonRow[]>;

/** Behind it is what only some may read; everybody else gets the answer of a thing that does not exist. */
export interface PrivateDoor {
  /** Refusals are answered as what is not there. */
  open<Kind extends string>(
    request: PrivateRequest,
    answer: (id: Id<Kind>, readersAmong: ReadersAmong) => Promise<Response>,
  ): Promise<Response>;
  /** The same for what anybody may read who knows where it is: its signer is counted like every other. */
  pass(request: PrivateRequest, answer: () => Promise<Response>): Promise<Response>;
}

const RETRY_AFTER_S = 60;

/** Makes the door. The signer comes first: an unsigned request learns nothing from the time that its answer takes. */
export function createPrivateDoor(ctx: Context, options: PrivateDoorOptions): PrivateDoor {
  const { origin } = ctx.settings;

  async function readersAt(signer: string, people: readonly PersonRow[]): Promise<PersonRow[]> {
    const uri = (person: PersonRow): string => uriOfPerson(origin, person);
    const own = people.filter((person) => uri(person) === signer);
    if (own.length > 0) return own;
    const theirs = people.filter((person) => hostOf(uri(person)) === hostOf(signer));
    return theirs.length > 0 && (await isServer(options.actors, signer)) ? theirs : [];
  }

  async function letIn(
    request: PrivateRequest,
    answer: (signer: string) => Promise<Response>,
  ): Promise<Response> {
    try {
      return await answer(await provenReader(options, request));
    } catch (error) {
      if (error instanceof GuardRefusal) return comeBack(error.status, error.retryAfter);
      if (error instanceof Unverified && error.temporary) return comeBack(503, RETRY_AFTER_S);
      if (error instanceof Unverified || error instanceof Refusal) return notFound();
      throw error;
    }
  }

  return {
    open: (request, answer) =>
      letIn(request, async (signer) => {
        if (!isExactId(request.id)) return notFound();
        return await answer(request.id as never, (people) => readersAt(signer, people));
      }),
    pass: (request, answer) => letIn(request, answer),
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
  { verifier, keys, limits, admits }: PrivateDoorOptions,
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
