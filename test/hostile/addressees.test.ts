import { expect, test } from "vitest";
import { serveActor } from "../helpers/hostile-actor.ts";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import { signCavage, type Sendable } from "../helpers/hostile-signing.ts";

const nothing = { status: 202 };
const IRI = "https://www.w3.org/ns/activitystreams#Public";

/** A Create whose note and activity are both addressed like this. */
function addressed(app: HostileApp, addressing: Readonly<Record<string, unknown>>): Sendable {
  const none = { to: undefined, cc: undefined };
  return app.signed(app.create({ ...none, ...addressing }, { ...none, ...addressing }));
}

function named(
  app: HostileApp,
  all: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, Sendable> {
  return Object.fromEntries(Object.entries(all).map(([name, each]) => [name, addressed(app, each)]));
}

test("IF-34: messages for nobody, for blind copies alone, for nobody here, and for too many", async () => {
  const app = await startHostileApp();
  const { ann, eve } = app;
  const nobody = `${app.origin}/users/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d`;
  const many = Array.from({ length: 9_000 }, (_, n) => `${app.peer.origin}/users/${n}`);
  await app.withstands(
    named(app, {
      "no addressee": {},
      "an empty list": { to: [], cc: [] },
      null: { to: null },
      bto: { bto: [ann.uri] },
      bcc: { bcc: ann.uri },
      "audience alone": { audience: ann.uri },
      "nobody here": { to: [nobody] },
      "only herself": { to: [eve.id] },
      "a hundred others and ann": { to: [ann.uri, ...many.slice(0, 100)] },
      "9,000 others": { to: many.slice(0, 4_500), cc: many.slice(4_500) },
    }),
    { status: [202, 400] },
  );
  const endless = Array.from({ length: 10_000 }, (_, n) => `${app.peer.origin}/users/${n}`);
  await app.withstands({ "10,000": addressed(app, { to: endless }) }, { status: 400, asked: [] });
});

test("IF-35: a message at ann's door that is addressed to others alone", async () => {
  const app = await startHostileApp();
  const bea = await app.person("bea");
  const uri = `${app.origin}/users/${bea.id}`;
  await app.withstands(
    named(app, {
      "to bea": { to: [uri] },
      "to vic": { to: [app.vic.id] },
      "to bea, blind copy to ann": { to: [uri], bcc: [app.ann.uri] },
      "to bea, ann mentioned": { to: [uri], tag: [{ type: "Mention", href: app.ann.uri, name: "@ann" }] },
    }),
    nothing,
  );
});

test("IF-36: everybody among the addressees, in every spelling and in every place", async () => {
  const app = await startHostileApp();
  const { ann } = app;
  const spellings = [
    "Public",
    "public",
    "as:Public",
    "as:public",
    " as:Public ",
    IRI,
    IRI.replace("#", "#/"),
    IRI.replace("https", "http"),
    IRI.toUpperCase(),
    IRI.replace("www.w3.org", "www.w3.org."),
    IRI.replace("www.w3.org", "www.w3.org:443"),
    IRI.replace("Public", "%50ublic"),
    { id: IRI },
    { id: "as:Public", type: "Collection" },
    { "@id": IRI },
    [IRI],
  ];
  const places = ["to", "cc", "bto", "bcc", "audience"];
  const each = spellings.flatMap((spelling) =>
    places.map((place): [string, Sendable] => {
      const all = place === "to" ? { to: [ann.uri, spelling] } : { to: [ann.uri], [place]: [spelling] };
      return [`${place}: ${JSON.stringify(spelling)}`, addressed(app, all)];
    }),
  );
  const alone = spellings.slice(0, 6).flatMap((spelling): [string, Sendable][] => [
    [`the activity's: ${JSON.stringify(spelling)}`, app.signed(app.create({}, { cc: spelling }))],
    [`the note's: ${JSON.stringify(spelling)}`, app.signed(app.create({ cc: spelling }))],
  ]);
  const alias = { everybody: { "@id": "as:Public" } };
  await app.withstands(
    {
      ...Object.fromEntries([...each, ...alone]),
      "by an alias of its own": app.signed({
        "@context": ["https://www.w3.org/ns/activitystreams", alias],
        ...app.create({ to: [ann.uri, "everybody"] }),
      }),
    },
    nothing,
  );
});

test("IF-36: an edit makes nothing public", async () => {
  const app = await startHostileApp();
  const message = app.create();
  expect((await app.send(app.signed(message))).status).toBe(202);
  const edit = (addressing: object, outer: object = {}) =>
    app.signed({
      ...message,
      id: `${app.eve.id}/${crypto.randomUUID()}`,
      type: "Update",
      object: { ...message.object, content: "public", ...addressing },
      ...outer,
    });
  await app.withstands(
    {
      "its addressees": edit({ to: [IRI] }),
      "its copies": edit({ cc: ["as:Public"] }),
      "its audience": edit({ audience: "Public" }),
      "the activity's": edit({}, { to: [IRI] }),
    },
    nothing,
  );
  expect(await app.texts()).toContain("hello");
});

test("IF-37: collections of ours and of others are not expanded, in whatever spelling", async () => {
  const app = await startHostileApp();
  const { ann, eve, peer, vic } = app;
  const id = new URL(ann.uri).pathname;
  const ours = [
    `${ann.uri}/followers`,
    `${ann.uri}/following`,
    `${ann.uri}/inbox`,
    `${ann.uri}/`,
    `${ann.uri}?x`,
    `${app.origin}/inbox`,
    `${app.origin}/r/${crypto.randomUUID()}`,
    `${app.origin}/users/`,
    `${app.origin}${id.toUpperCase()}`,
  ];
  expect((await app.send(app.signed(app.create()))).status).toBe(202); // from now on she is known
  peer.document("/users/eve/followers", {
    id: `${eve.id}/followers`,
    type: "Collection",
    items: [ann.uri, vic.id],
  });
  await app.withstands(
    {
      ...Object.fromEntries(ours.map((uri) => [`with ann: ${uri}`, addressed(app, { to: [ann.uri, uri] })])),
      ...Object.fromEntries(ours.map((uri) => [`alone: ${uri}`, addressed(app, { to: uri })])),
      "eve's followers": addressed(app, { to: [ann.uri], cc: `${eve.id}/followers` }),
      "eve's followers alone": addressed(app, { to: `${eve.id}/followers` }),
    },
    { ...nothing, asked: [eve.path, "/users/eve/followers"] },
  );
});

test("IF-38: nobody enters a conversation by naming it, or by answering into it", async () => {
  const app = await startHostileApp();
  const { ann, vic } = app;
  const room = `${vic.id}/rooms/1`;
  const note = `${vic.id}/notes/1`;
  const first = app.create(
    { id: note, attributedTo: vic.id, context: room, content: "between us" },
    { id: `${note}/create`, actor: vic.id },
  );
  expect((await app.send(app.signed(first, {}, vic))).status).toBe(202);
  const [private_] = await app.requests();
  const message = private_?.messages[0]?.id;
  const here = `${app.origin}/r/${private_?.id}`;
  const intrusions = [
    { context: room },
    { conversation: room },
    { context: here, conversation: here },
    { inReplyTo: note },
    { inReplyTo: `${app.origin}/m/${message}` },
    { inReplyTo: note, context: room, to: [ann.uri, vic.id] },
  ];
  const mallory = serveActor(app.peer, "mallory", app.eve.keys);
  for (const [n, intrusion] of intrusions.entries()) {
    const id = `${mallory.id}/notes/${n}`;
    const object = { id, attributedTo: mallory.id, content: "let me in", ...intrusion };
    const activity = app.create(object, { id: `${id}/create`, actor: mallory.id });
    expect((await app.send(app.signed(activity, {}, mallory))).status).toBe(202);
  }
  const requests = await app.requests();
  expect(requests.find(({ id }) => id === private_?.id)?.messages).toHaveLength(1);
  const intruding = requests.filter(({ id }) => id !== private_?.id).flatMap(({ messages }) => messages);
  expect(intruding).toHaveLength(intrusions.length);
  expect(intruding.every(({ inReplyTo }) => inReplyTo === null)).toBe(true);
});

test("IF-38: whoever names ann's conversation at the shared inbox without addressing her reaches nobody", async () => {
  const app = await startHostileApp();
  expect((await app.send(app.signed(app.create()))).status).toBe(202);
  const [conversation] = await app.requests();
  const here = `${app.origin}/r/${conversation?.id}`;
  const to = {
    to: [app.vic.id],
    context: here,
    inReplyTo: `${app.origin}/m/${conversation?.messages[0]?.id}`,
  };
  const { keyId, keys } = app.eve;
  const shared = signCavage(
    { ...app.unsigned(app.create(to, { to: to.to })), target: "/inbox" },
    { keyId, privateKey: keys.privateKey },
  );
  await app.withstands({ shared }, nothing);
});
