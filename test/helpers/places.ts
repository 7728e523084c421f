import { randomBytes } from "node:crypto";
import type { Answer, TestApp } from "./app.ts";
import type { Door, Values } from "./doors.ts";
import { kinds, type Kind, type Owner } from "./everything.ts";
import { base } from "./talk.ts";

/** What of the server itself is named: whoever runs it names any of it, and nobody else learns whether there is any. */
export const ofServer = "of the server";
/** What a place of a path is for: an id of a kind, something of the server itself, or a reason why it is nobody's. */
const inPaths: Readonly<Record<string, Kind | typeof ofServer | { readonly open: string }>> = {
  "/conversations/:id": "conversation",
  "/conversations/:id/members/:personId": "person",
  "/conversations/:id/bans/:personId": "person",
  "/conversations/:id/join-requests/:personId": "person",
  "/messages/:id": "message",
  "/messages/:id/reactions/:emoji": { open: "an emoji" },
  "/people/:id": "person",
  "/invitations/:id": "invitation",
  "/links/:id": "link",
  "/join/:code": { open: "whoever has the code may come" },
  "/me/exports/:id": "export",
  "/me/folders/:id": "folder",
  "/me/sessions/:id": "session",
  "/me/passkeys/:id": "passkey",
  "/me/aliases/:personId": "person",
  "/me/apps/:id": "app",
  "/me/identities/:issuerId": "identity",
  "/me/identities/:slug": { open: "the name of a provider, which everybody is shown" },
  "/auth/providers/:slug": { open: "the same" },
  "/admin/people/:id": ofServer,
  "/admin/people/:id/sessions/:session": ofServer,
  "/admin/ip-rules/:id": ofServer,
  "/admin/servers/:host": { open: "the name of a server, be it known or not" },
  "/admin/sign-up-codes/:id": ofServer,
  "/admin/sign-up-requests/:id": ofServer,
  "/admin/issuers/:id": ofServer,
};
function nameless(names: string): Record<string, null> {
  return Object.fromEntries(names.split(" ").map((name) => [name, null]));
}

/** What of a query is an id; null for what is none. */
const inQueries: Readonly<Record<string, Kind | null>> = {
  conversation: "conversation",
  folder: "folder",
  ids: "conversation",
  ...nameless("after archived around before date for format limit q state tz unread"),
};
/** What the ids of bodies are. */
const inBodies: Readonly<Record<string, Kind>> = {
  folderIds: "folder",
  forward: "message",
  inReplyTo: "message",
  personId: "person",
};
/** What a request must say besides, so that its id is what decides. */
const besides: Readonly<Record<string, Values>> = {
  "PUT /conversations/:id/draft": { body: { text: "x" } },
  "POST /conversations/:id/messages inReplyTo": { body: { text: "x" } },
  "POST /conversations/:id/messages": { body: { text: "x" } },
  "POST /conversations/:id/messages forward": {},
  "POST /conversations": { body: { address: "@nobody" } },
};
export interface Place {
  readonly door: Door;
  readonly name: string;
  readonly where: "path" | "query" | "body";
  readonly kind: Kind | typeof ofServer;
}

/** The place of a path up to one of its parameters. */
function upTo(path: string, name: string): string {
  return path.replace(base, "").replace(new RegExp(`(:${name}\\b).*`), "$1");
}

/** Every place of a described route that takes an id; `unknown` gathers those of which nobody has said what they are. */
export function placesOf(doors: readonly Door[]): { places: Place[]; unknown: string[] } {
  const unknown: string[] = [];
  const places = doors.flatMap((door): Place[] => {
    const said = (name: string, where: Place["where"], kind: unknown): Place[] => {
      if (kind === undefined) unknown.push(`${door.method} ${door.path}: say what id ${name} (${where}) is`);
      return typeof kind === "string" ? [{ door, name, where, kind: kind as Place["kind"] }] : [];
    };
    const path = door.inPath.flatMap((name) => said(name, "path", inPaths[upTo(door.path, name)]));
    // What else is said there is of the server too.
    if (door.path.startsWith(`${base}/admin/`)) return path;
    return [
      ...path,
      ...door.inQuery.flatMap((name) => said(name, "query", inQueries[name])),
      ...Object.keys(door.idsInBody).flatMap((name) => said(name, "body", inBodies[name])),
    ];
  });
  return { places, unknown };
}

/** An id of a kind that nobody has. */
export function unknownId(kind: Place["kind"]): string {
  return kind === "passkey" ? randomBytes(32).toString("base64url") : "01920000-0000-7000-8000-000000000000";
}

/** Whoever runs the server names people, and issuers as those do whom they know. */
const named: readonly Kind[] = ["person", "identity"];

/** The ids of everybody that stand where those of another kind are wanted. */
export function wrongIds(kind: Place["kind"], owners: readonly Owner[]): string[] {
  const right = kind === ofServer ? named : [kind];
  return kinds
    .filter((other) => !right.includes(other))
    .flatMap((other) => owners.map(({ ids }) => ids[other][0]));
}

export const malformed = [
  "not-an-id",
  "0",
  "-1",
  "%00",
  "../me",
  "' or '1'='1",
  "{}",
  "x".repeat(2_000),
  "null",
];

export interface Asker {
  readonly token: string | undefined;
  /** Whose ids fill the other places. */
  readonly owner: Owner;
}

/** Fills the places of a path with what is somebody's own. */
export function ownIn(door: Door, owner: Owner): (name: string) => string {
  return (name) => {
    const kind = inPaths[upTo(door.path, name)];
    if (kind === undefined || typeof kind === "object") return "👍";
    return kind === ofServer ? unknownId(kind) : owner.ids[kind][0];
  };
}

/** Asks one place with an id. */
export async function ask(
  app: TestApp,
  place: Place,
  { id, by }: { id: string; by: Asker },
): Promise<Answer> {
  const { door, name, where } = place;
  const key = `${door.method} ${door.path.replace(base, "")}`;
  const { body = {}, query = {} } = besides[`${key} ${name}`] ?? besides[key] ?? {};
  const { path, headers, ...rest } = door.request(ownIn(door, by.owner), {
    ...(where === "path" && { path: { [name]: id } }),
    query: { ...query, ...(where === "query" && { [name]: id }) },
    body: { ...body, ...(where === "body" && { [name]: door.idsInBody[name]!(id) }) },
  });
  const token = by.token === undefined ? {} : { token: by.token };
  return await app.request(path, {
    ...rest,
    ...token,
    headers: { ...headers, confirmation: by.owner.confirmation, origin: app.origin },
  });
}
