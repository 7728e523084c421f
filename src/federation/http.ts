import type { Context } from "#domain/context.ts";
import { findLocalPerson, wasHere, type PersonRow } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { describeActor, describeGone } from "./actors.ts";
import { describeCollection } from "./collections.ts";
import { answerWebFinger, describeNodeInfo, listNodeInfo, nodeInfoVersions } from "./discovery.ts";
import type { Inbox } from "./inbox.ts";
import type { PrivateRequest } from "./private-door.ts";
import type { PrivateObjects } from "./private-objects.ts";
import type { Rooms } from "./rooms.ts";
import {
  bare,
  goneDocument,
  notFound,
  refused,
  openDocument,
  publicDocument,
  publicText,
} from "./responses.ts";
import type { SignalsIn } from "./signals-in.ts";
import { isExactId, profileUri, type ActorCollection, type MessageCollection } from "./uris.ts";

export interface FederationParams {
  /** What stands for `:id` in the path; empty where there is none. */
  readonly id: string;
  /** The target as it stood on the request line: a Request has normalised it, and signatures cover the original. */
  readonly target: string;
}

/** One of the doors for other servers. */
export interface FederationRoute {
  readonly method: "GET" | "POST";
  /** With `:id` for a part of it. */
  readonly path: string;
  handle(request: Request, params: FederationParams): Promise<Response>;
  /** Where a page stands at the same address: whether a request is for this, and not for that. */
  readonly takes?: (request: Request) => boolean;
}

export interface FederationHttp {
  readonly inbox: Pick<Inbox, "receive">;
  readonly signalsIn: SignalsIn;
  readonly privateObjects: PrivateObjects;
  readonly rooms: Rooms;
  /** What somebody leaves to the account that they have become. */
  readonly left: (request: PrivateRequest) => Promise<Response>;
}

const collections: readonly ActorCollection[] = ["outbox", "followers", "following", "featured"];
const messageCollections: readonly MessageCollection[] = ["replies", "likes", "shares"];

/** Nothing here is for search engines. GoToSocial asks whether it may look at NodeInfo. */
const ROBOTS = ["User-agent: *", "Allow: /.well-known/", "Allow: /nodeinfo/", "Disallow: /", ""].join("\n");

/** Everything that other servers may ask of this one. */
export function federationRoutes(
  ctx: Context,
  { inbox, signalsIn, privateObjects, rooms, left }: FederationHttp,
): readonly FederationRoute[] {
  return [
    ...discoveryRoutes(ctx),
    ...actorRoutes(ctx),
    post("/users/:id/inbox", async (request, { id, target }) =>
      isExactId<"person">(id) ? await receive(inbox, request, { target, owner: id }) : notFound(),
    ),
    post("/inbox", (request, { target }) => receive(inbox, request, { target, owner: null })),
    post("/signals", (request, { target }) => receive(signalsIn, request, { target, owner: null })),
    ...privateRoutes(privateObjects),
    ...roomRoutes(rooms),
    get("/users/:id/left", ({ headers }, params) => left({ ...params, headers })),
  ];
}

function get(path: string, handle: FederationRoute["handle"]): FederationRoute {
  return { method: "GET", path, handle };
}

function post(path: string, handle: FederationRoute["handle"]): FederationRoute {
  return { method: "POST", path, handle };
}

/** What and who is here. */
function discoveryRoutes(ctx: Context): readonly FederationRoute[] {
  return [
    get("/robots.txt", async () => publicText(ROBOTS)),
    get("/.well-known/webfinger", async (request) => {
      const resource = new URL(request.url).searchParams.get("resource");
      if (resource === null) return bare(400);
      const found = await answerWebFinger(ctx, resource);
      return found === null ? notFound() : openDocument(found, "application/jrd+json");
    }),
    get("/.well-known/nodeinfo", async () => openDocument(listNodeInfo(ctx), "application/json")),
    ...nodeInfoVersions.map((version) =>
      get(`/nodeinfo/${version}`, async () => {
        const type = `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/${version}#"`;
        return openDocument(await describeNodeInfo(ctx, version), type);
      }),
    ),
  ];
}

/** Our people, in public. */
function actorRoutes(ctx: Context): readonly FederationRoute[] {
  return [
    get("/users/:id", async (request, { id }) => {
      const person = await findPerson(ctx, id);
      if (person === null) return await answerGone(ctx, id);
      if (!wantsPage(request)) return publicDocument(await describeActor(ctx, person));
      const page =
        person.kind === "application" ? ctx.settings.origin : profileUri(ctx.settings.origin, person.handle);
      return bare(302, { location: page, vary: "Accept" });
    }),
    ...collections.map((collection) =>
      get(`/users/:id/${collection}`, async (_request, { id }) => {
        const person = await findPerson(ctx, id);
        return person === null
          ? notFound()
          : publicDocument(describeCollection(ctx.settings, person, collection));
      }),
    ),
  ];
}

/** What they wrote, for whom it was written. */
function privateRoutes(privateObjects: PrivateObjects): readonly FederationRoute[] {
  return [
    get("/m/:id", (request, params) => privateObjects.getMessage({ ...params, headers: request.headers })),
    ...messageCollections.map((collection) =>
      get(`/m/:id/${collection}`, (request, params) =>
        privateObjects.getCollection({ ...params, headers: request.headers }, collection),
      ),
    ),
    get("/activities/:id", (request, params) =>
      privateObjects.getActivity({ ...params, headers: request.headers }),
    ),
  ];
}

/** The groups that are kept here, for whom they are for. */
function roomRoutes(rooms: Rooms): readonly FederationRoute[] {
  return [
    get("/r/:id", ({ headers }, params) => rooms.getRoom({ ...params, headers })),
    {
      ...get("/join/:id", ({ headers }, params) => rooms.getOffer({ ...params, headers })),
      takes: wantsDocument,
    },
    get("/r/:id/members", ({ headers }, params) => rooms.getMembers({ ...params, headers })),
    get("/r/:id/log", ({ headers, url }, params) =>
      rooms.getLog({ ...params, headers }, numberIn(url, "after")),
    ),
    get("/r/:id/copy", ({ headers, url }, params) =>
      rooms.getCopy({ ...params, headers }, numberIn(url, "seq")),
    ),
  ];
}

/** A number of a log; 0, which is none, for whatever makes no sense. */
function numberIn(url: string, name: string): number {
  const number = Number(new URL(url).searchParams.get(name) ?? 0);
  return Number.isSafeInteger(number) ? Math.max(number, 0) : 0;
}

async function findPerson(ctx: Context, id: string): Promise<PersonRow | null> {
  return isExactId<"person">(id) ? await findLocalPerson(ctx, { id }) : null;
}

/** Who is gone for good is known to have been here; whoever is shut out, or never was, is not. */
async function answerGone(ctx: Context, id: string): Promise<Response> {
  const isGone = isExactId<"person">(id) && (await wasHere(ctx, id));
  return isGone ? goneDocument(describeGone(ctx, id)) : notFound();
}

/** A browser asks for HTML first; a server names ActivityStreams, or does not care. */
export function wantsPage(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("text/html") && !wantsDocument(request);
}

/** Whether a request names ActivityStreams. */
function wantsDocument(request: Request): boolean {
  return /application\/(activity|ld)\+json/.test(request.headers.get("accept") ?? "");
}

async function receive(
  door: Pick<Inbox, "receive">,
  { method, headers, body }: Request,
  { target, owner }: { target: string; owner: PersonId | null },
): Promise<Response> {
  const answer = await door.receive({ method, url: target, headers, body }, owner);
  if (answer.status === 404) return notFound();
  if (answer.error !== undefined) return refused(answer.status, answer.error);
  const wait = answer.retryAfter === undefined ? {} : { "retry-after": String(answer.retryAfter) };
  return bare(answer.status, wait);
}
