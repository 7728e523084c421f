import { getDocumentLoader, importMultibaseKey } from "@fedify/fedify/runtime";
import { Application, isActor, Object as AsObject, Person } from "@fedify/vocab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { instanceActor, type PersonRow } from "#domain/people.ts";
import { renamePerson } from "#domain/rename.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { bundledContexts } from "./contexts.ts";
import { federationRoutes, type FederationRoute } from "./http.ts";

let home: Home;
let ann: PersonRow;
let server: PersonRow;
let routes: readonly FederationRoute[];
const origin = "https://localhost:8443";
/** Nothing here gets as far as a signature. */
const closed = () => Promise.reject(new Error("not part of this test"));

beforeAll(async () => {
  home = await openHome({ origin });
  [ann, server] = [await home.member("Ann"), await instanceActor(home.ctx)];
  const privateObjects = { getMessage: closed, getCollection: closed, getActivity: closed };
  routes = federationRoutes(home.ctx, {
    inbox: { receive: closed },
    signalsIn: { receive: closed },
    privateObjects,
    left: closed,
    rooms: { getRoom: closed, getMembers: closed, getLog: closed, getCopy: closed, getOffer: closed },
  });
});
afterAll(async () => await home.close());

async function get(target: string, headers: Record<string, string> = {}): Promise<Response> {
  const { pathname } = new URL(target, origin);
  for (const route of routes) {
    const match = new RegExp(`^${route.path.replace(":id", "([^/]+)")}$`).exec(pathname);
    if (match === null || route.method !== "GET") continue;
    return await route.handle(new Request(new URL(target, origin), { headers }), {
      id: match[1] ?? "",
      target,
    });
  }
  throw new Error(`no route for ${target}`);
}

async function json(response: Response): Promise<JsonObject> {
  expect(response.status).toBe(200);
  return (await response.json()) as JsonObject;
}

describe("an actor document", () => {
  test("of a person says where to write and with which keys they sign", async () => {
    const response = await get(`/users/${ann.id}`);
    expect(response.headers.get("content-type")).toContain("application/activity+json");
    const id = `${origin}/users/${ann.id}`;
    const actor = await json(response);
    expect(actor).toMatchObject({
      id,
      type: "Person",
      preferredUsername: "ann",
      name: "ann",
      url: `${origin}/@ann`,
      inbox: `${id}/inbox`,
      endpoints: { sharedInbox: `${origin}/inbox` },
      outbox: `${id}/outbox`,
      followers: `${id}/followers`,
      following: `${id}/following`,
      featured: `${id}/featured`,
      discoverable: false,
      manuallyApprovesFollowers: true,
      publicKey: { id: `${id}#main-key`, owner: id },
    });
    const [ed25519] = actor["assertionMethod"] as JsonObject[];
    expect(ed25519).toMatchObject({ id: `${id}#ed25519-key`, type: "Multikey", controller: id });
    const key = await importMultibaseKey(ed25519?.["publicKeyMultibase"] as string);
    expect(key.algorithm.name).toBe("Ed25519");
    expect(JSON.stringify(actor)).not.toMatch(/PRIVATE|password/i);
  });

  test("is understood by an ActivityStreams library that fetches no context", async () => {
    const options = { documentLoader: getDocumentLoader(), contextLoader: bundledContexts };
    const person = await AsObject.fromJsonLd(await json(await get(`/users/${ann.id}`)), options);
    expect(isActor(person)).toBe(true);
    expect(person).toBeInstanceOf(Person);
    const { inboxId, endpoints, manuallyApprovesFollowers, publicKeyId } = person as Person;
    expect(inboxId?.href).toBe(`${origin}/users/${ann.id}/inbox`);
    expect(endpoints?.sharedInbox?.href).toBe(`${origin}/inbox`);
    expect(manuallyApprovesFollowers).toBe(true);
    expect(publicKeyId?.href).toBe(`${origin}/users/${ann.id}#main-key`);
    const multikeys = await Array.fromAsync((person as Person).getAssertionMethods(options));
    expect(multikeys.map(({ id }) => id?.hash)).toEqual(["#ed25519-key"]);
    const application = await AsObject.fromJsonLd(await json(await get(`/users/${server.id}`)), options);
    expect(application).toBeInstanceOf(Application);
    expect((application as Application).preferredUsername).toBe("localhost:8443");
  });

  test("leads a browser to the profile page", async () => {
    const response = await get(`/users/${ann.id}`, { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
    expect([response.status, response.headers.get("location")]).toEqual([302, `${origin}/@ann`]);
    const named = await get(`/users/${ann.id}`, { accept: "application/activity+json, text/html" });
    expect(named.status).toBe(200);
  });

  test.each(["0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d", "ann", "%00", "..%2f"])(
    "of %s does not exist",
    async (id) => {
      expect((await get(`/users/${id}`)).status).toBe(404);
      expect((await get(`/users/${id}/outbox`)).status).toBe(404);
    },
  );

  test("has one address only", async () => {
    expect((await get(`/users/${ann.id.toUpperCase()}`)).status).toBe(404);
  });
});

test.each([
  ["outbox", "OrderedCollection"],
  ["featured", "OrderedCollection"],
  ["followers", "Collection"],
  ["following", "Collection"],
])("the %s is there and empty", async (name, type) => {
  const collection = await json(await get(`/users/${ann.id}/${name}`));
  expect(collection).toMatchObject({ id: `${origin}/users/${ann.id}/${name}`, type, totalItems: 0 });
});

describe("WebFinger", () => {
  const ask = (resource: string) => get(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);

  test("finds a person by address, actor id and page, letters' case aside", async () => {
    const self = `${origin}/users/${ann.id}`;
    for (const resource of ["acct:Ann@localhost:8443", "acct:ann@LOCALHOST:8443", self, `${origin}/@ann`]) {
      const response = await ask(resource);
      expect(response.headers.get("content-type")).toBe("application/jrd+json");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await json(response)).toMatchObject({
        subject: "acct:ann@localhost:8443",
        links: expect.arrayContaining([{ rel: "self", type: "application/activity+json", href: self }]),
      });
    }
  });

  test("finds the server's own actor, by its name and as the service of this origin (FEP-d556)", async () => {
    const self = `${origin}/users/${server.id}`;
    expect(await json(await ask("acct:localhost:8443@localhost:8443"))).toMatchObject({
      aliases: [self, origin],
    });
    expect(await json(await ask(`${origin}/`))).toMatchObject({ links: [{ href: self }] });
  });

  test("finds whoever had a name before, and says what they are called now", async () => {
    const ctx = home.ctx;
    const { id } = await createAccount(ctx, { handle: "tom", password: "firefly-night", role: "member" });
    await renamePerson(ctx, { personId: id, by: null, handle: "thomas" });
    const self = `${origin}/users/${id}`;
    for (const resource of ["acct:tom@localhost:8443", "acct:TOM@localhost:8443", `${origin}/@tom`, self])
      expect(await json(await ask(resource))).toMatchObject({
        subject: "acct:thomas@localhost:8443",
        aliases: [self, `${origin}/@thomas`],
      });
    expect(await json(await get(`/users/${id}`))).toMatchObject({ id: self, preferredUsername: "thomas" });
  });

  test.each([
    "acct:bo@localhost:8443",
    "acct:ann@b.example",
    "acct:ann@localhost",
    "ann",
    "",
    `${origin}/@`,
    "acct:%@localhost:8443",
  ])("knows nobody called %j", async (resource) => {
    expect((await ask(resource)).status).toBe(404);
  });

  test("asks for a resource", async () => {
    expect((await get("/.well-known/webfinger")).status).toBe(400);
  });
});

test("NodeInfo names the software and counts nobody", async () => {
  const { links } = (await json(await get("/.well-known/nodeinfo"))) as {
    links: { href: string; rel: string }[];
  };
  expect(links.map(({ rel }) => rel.slice(-3))).toEqual(["2.0", "2.1"]);
  for (const { href } of links)
    expect(await json(await get(href))).toMatchObject({
      version: href.slice(-3),
      software: { name: "luciole", version: "0.0.0" },
      protocols: ["activitypub"],
      openRegistrations: true,
      usage: { users: {} },
    });
});
