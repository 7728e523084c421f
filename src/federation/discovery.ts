import type { Context } from "#domain/context.ts";
import { findLocalPerson, instanceActor, type PersonRow } from "#domain/people.ts";
import { readServerSettings } from "#domain/server-settings.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { hasControlCharacters } from "#lib/control-characters.ts";
import { actorUri, addressOf, parseLocalUri, profileUri } from "./uris.ts";
import { parseAccount } from "./webfinger.ts";

const NODEINFO = "http://nodeinfo.diaspora.software/ns/schema";
export const nodeInfoVersions = ["2.0", "2.1"] as const;
export type NodeInfoVersion = (typeof nodeInfoVersions)[number];

/**
 * Answers WebFinger (RFC 7033) for `acct:ann@a.example`, an actor id, a profile page, or this server itself (FEP-d556);
 * null when nothing here is called so. A handle that somebody had before leads to what they are called now.
 */
export async function answerWebFinger(ctx: Context, resource: string): Promise<JsonObject | null> {
  const { origin, host } = ctx.settings;
  if (resource === origin || resource === `${origin}/`)
    return describeServer(origin, await instanceActor(ctx));
  const person = await findNamed(ctx, resource);
  if (person === null) return null;
  const self = actorUri(origin, person.id);
  const page = person.kind === "application" ? origin : profileUri(origin, person.handle);
  return {
    subject: `acct:${addressOf(host, person).slice(1)}`,
    aliases: [self, page],
    links: [
      { rel: "self", type: "application/activity+json", href: self },
      { rel: "http://webfinger.net/rel/profile-page", type: "text/html", href: page },
    ],
  };
}

async function findNamed(ctx: Context, resource: string): Promise<PersonRow | null> {
  const { origin, host } = ctx.settings;
  if (hasControlCharacters(resource)) return null;
  const thing = parseLocalUri(origin, resource);
  if (thing?.kind === "actor") return await findLocalPerson(ctx, { id: thing.id });
  const page = profileUri(origin, "");
  if (resource.startsWith(page)) return await findLocalPerson(ctx, { handle: resource.slice(page.length) });
  const account = /^acct:/i.test(resource) ? parseAccount(resource) : null;
  return account?.host === host ? await findLocalPerson(ctx, { handle: account.name }) : null;
}

function describeServer(origin: string, actor: PersonRow): JsonObject {
  return {
    subject: origin,
    links: [
      {
        rel: "https://www.w3.org/ns/activitystreams#Service",
        type: "application/activity+json",
        href: actorUri(origin, actor.id),
      },
    ],
  };
}

/** Where NodeInfo is (FEP-f1d5). */
export function listNodeInfo(ctx: Context): JsonObject {
  return {
    links: nodeInfoVersions.map((version) => ({
      rel: `${NODEINFO}/${version}`,
      href: `${ctx.settings.origin}/nodeinfo/${version}`,
    })),
  };
}

/** NodeInfo (FEP-0151). It counts nobody and nothing: how busy a private server is concerns its people alone. */
export async function describeNodeInfo(ctx: Context, version: NodeInfoVersion): Promise<JsonObject> {
  const { version: software } = ctx.settings;
  const { registration } = await readServerSettings(ctx);
  return {
    version,
    software: { name: "luciole", version: software },
    protocols: ["activitypub"],
    services: { inbound: [], outbound: [] },
    openRegistrations: registration === "open",
    usage: { users: {} },
    metadata: {},
  };
}
