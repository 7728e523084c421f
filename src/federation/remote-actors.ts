import type { Context } from "#domain/context.ts";
import {
  findFormerlyCalled,
  findLocalPerson,
  findPersonByUri,
  saveRemotePerson,
  type PersonRow,
} from "#domain/people.ts";
import { checkTalks } from "#domain/server-rules.ts";
import type { Egress } from "#lib/egress.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import { Refusal } from "#lib/refusal.ts";
import { DocumentUnavailable, type Documents } from "./documents.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import { createSuccessors, type Successors } from "./successors.ts";
import { readActor, type IncomingActor } from "./translate/actor-in.ts";
import { Dropped } from "./translate/dropped.ts";
import { hostOf } from "./uris.ts";
import { isSameAccount, lookUp, NotFound, parseAccount, type Account, type Found } from "./webfinger.ts";

/** What is known of an actor is asked for again after this time. */
const FRESH_MS = 24 * 3600 * 1000;
/** Whoever has something new to tell of themselves is asked once in this time. */
const ANEW_MS = 60_000;

/** An actor who cannot be had; `temporary` when asking again later may help. */
export class ActorUnavailable extends Error {
  readonly temporary: boolean;

  constructor(temporary: boolean, options: { cause?: unknown } = {}) {
    super(temporary ? "the actor cannot be fetched now" : "there is no such actor", options);
    this.name = "ActorUnavailable";
    this.temporary = temporary;
  }
}

/** Other servers' people, looked up when they are met and kept for a day. */
export interface RemoteActors extends Successors {
  /** Finds an actor by id. Throws ActorUnavailable, or Dropped for a document that is not an actor's. */
  resolve(uri: string): Promise<PersonRow>;
  /** Fetches an actor whatever is known of them, at most once a minute. Throws as `resolve`, and GuardRefusal 429. */
  refresh(uri: string): Promise<PersonRow>;
  /** Finds a person by what people type (`@bo@b.example`). Refuses `address_invalid`, `_unknown`, `_unreachable`. */
  resolveAddress(address: string): Promise<PersonRow>;
}

export interface RemoteActorsOptions {
  readonly egress: Egress;
  readonly documents: Documents;
}

interface Told {
  readonly account: Account;
  readonly found: Found;
}

/** Makes the finder of other servers' actors; one look-up per actor is under way at a time. */
export function createRemoteActors(ctx: Context, options: RemoteActorsOptions): RemoteActors {
  const fetchActor = (uri: string) => fetchDocument(options.documents, uri);
  const underWay = new Map<string, Promise<PersonRow>>();
  const anew = new RateLimit({ limit: 1, windowMs: ANEW_MS, keys: 10_000, now: () => ctx.now().getTime() });

  async function resolve(uri: string): Promise<PersonRow> {
    const known = await findPersonByUri(ctx, uri);
    if (known !== null && isFresh(ctx, known)) return known;
    try {
      return await fetchOnce(uri);
    } catch (error) {
      // Somebody whom we know stays who they were while their server is silent; a mere address is nobody yet.
      if (known !== null && known.fetchedAt !== null && error instanceof ActorUnavailable) return known;
      throw error;
    }
  }

  function fetchOnce(uri: string, told?: Told): Promise<PersonRow> {
    const found = () => fetchActor(uri).then((actor) => save(actor, told));
    const running = underWay.get(uri) ?? found().finally(() => underWay.delete(uri));
    underWay.set(uri, running);
    return running;
  }

  async function save(actor: IncomingActor, told?: Told): Promise<PersonRow> {
    return await saveAs(ctx, actor, await confirmedHost(options.egress, actor, told));
  }

  async function refresh(uri: string): Promise<PersonRow> {
    takeTurn("profile", uri);
    // What is being fetched may be from before the change; whatever becomes of it, it is asked again.
    await Promise.allSettled([underWay.get(uri)]);
    return await fetchOnce(uri);
  }

  /** One for each thing to tell: whoever moves says so in their profile first, a moment before. */
  function takeTurn(what: "profile" | "successor", uri: string): void {
    const retryAfter = anew.take(`${what} ${uri}`);
    if (retryAfter !== undefined) throw new GuardRefusal(429, "too_soon", { retryAfter });
  }

  async function resolveAddress(address: string): Promise<PersonRow> {
    const account = parseAccount(completed(address, ctx.settings.host));
    if (account === null) throw new Refusal("address_invalid", { field: "address" });
    if (account.host === ctx.settings.host) return await findHere(ctx, account);
    await checkTalks(ctx, account.host);
    try {
      const found = await lookUp(options.egress, account);
      return await fetchOnce(found.self, { account, found });
    } catch (error) {
      const former = isNobody(error) ? await findFormerlyCalled(ctx, account) : null;
      if (former !== null) return former;
      throw asRefusal(error);
    }
  }

  return {
    resolve,
    refresh,
    resolveAddress,
    ...createSuccessors({ fetchActor, save, takeTurn, resolveAddress, asRefusal }),
  };
}

/** Whoever is met is what their server calls them; whoever is known takes another name only where it leads to them. */
async function saveAs(
  ctx: Context,
  actor: IncomingActor,
  { host, isConfirmed }: { host: string; isConfirmed: boolean },
): Promise<PersonRow> {
  const known = await findPersonByUri(ctx, actor.uri);
  const keeps = !isConfirmed && known !== null && known.fetchedAt !== null && actor.kind !== "application";
  const { alsoKnownAs: _, left: __, movedTo, ...person } = actor;
  const handle = keeps ? known.handle : actor.handle;
  return await saveRemotePerson(ctx, { ...person, handle, host, stays: movedTo === null });
}

/** Whether a host says that it knows no such name. */
function isNobody(error: unknown): boolean {
  return error instanceof NotFound && !error.temporary;
}

/** A name alone (`@bo`) is somebody of this server. */
function completed(address: string, host: string): string {
  return /^@?\w+$/.test(address.trim()) ? `${address.trim()}@${host}` : address;
}

async function fetchDocument(documents: Documents, uri: string): Promise<IncomingActor> {
  try {
    const { id, document } = await documents.fetch(uri);
    if (id !== uri) throw new Dropped("actor_refused");
    return readActor(document);
  } catch (error) {
    if (error instanceof DocumentUnavailable) throw new ActorUnavailable(error.temporary, { cause: error });
    throw error;
  }
}

/**
 * The right half of an actor's address. It is the host of the actor's id, unless that host names another one and the
 * other one names this actor too: nobody can give an actor an address that the actor's own server does not give.
 * `isConfirmed` says that the whole address, as it stands, leads to this actor.
 */
async function confirmedHost(
  egress: Egress,
  actor: IncomingActor,
  told?: Told,
): Promise<{ host: string; isConfirmed: boolean }> {
  const own: Account = { name: actor.handle, host: hostOf(actor.uri) ?? "" };
  const unconfirmed = { host: own.host, isConfirmed: false };
  if (actor.kind === "application") return unconfirmed;
  const ask = async (account: Account) =>
    told !== undefined && isSameAccount(told.account, account) ? told.found : await lookUp(egress, account);
  try {
    const first = await ask(own);
    if (first.self !== actor.uri) return unconfirmed;
    if (isSameAccount(first.subject, own)) return { host: own.host, isConfirmed: true };
    const second = await ask(first.subject);
    const isMutual = second.self === actor.uri && isSameAccount(second.subject, first.subject);
    const isTheirName = first.subject.name.toLowerCase() === actor.handle.toLowerCase();
    return isMutual && isTheirName ? { host: first.subject.host, isConfirmed: true } : unconfirmed;
  } catch (error) {
    if (error instanceof NotFound) return unconfirmed;
    throw error;
  }
}

async function findHere(ctx: Context, { name }: Account): Promise<PersonRow> {
  const person = await findLocalPerson(ctx, { handle: name });
  if (person === null || person.kind === "application")
    throw new Refusal("address_unknown", { field: "address" });
  return person;
}

/** Whether what is known of an actor need not be asked for again. */
export function isFresh(ctx: Context, { fetchedAt }: PersonRow): boolean {
  return fetchedAt !== null && ctx.now().getTime() - fetchedAt.getTime() < FRESH_MS;
}

function asRefusal(error: unknown): unknown {
  const unknown = new Refusal("address_unknown", { field: "address" });
  if (error instanceof Dropped) return unknown;
  if (!(error instanceof NotFound) && !(error instanceof ActorUnavailable)) return error;
  return error.temporary ? new Refusal("address_unreachable", { field: "address" }) : unknown;
}
