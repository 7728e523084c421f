import { expect, test } from "vitest";
import { startHostileApp, type Activity, type HostileApp } from "../helpers/hostile-app.ts";
import type { Sendable } from "../helpers/hostile-signing.ts";
import { signCavage } from "../helpers/hostile-signing.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { answer } from "../helpers/hostile-answer.ts";

const nothing = { status: 202 };
const Public = "https://www.w3.org/ns/activitystreams#Public";

/** A Create of vic's for ann. */
function byVic(app: HostileApp, object: Activity = {}): Activity & { object: Activity } {
  const { vic } = app;
  const note = `${vic.id}/notes/${crypto.randomUUID()}`;
  return app.create({ id: note, attributedTo: vic.id, ...object }, { id: `${note}/create`, actor: vic.id });
}

/** Sends what is as it should be. */
async function take(app: HostileApp, activity: Activity, by: HostileActor): Promise<void> {
  expect((await app.send(app.signed(activity, {}, by))).status).toBe(202);
}

/** An activity of somebody about an object. */
function about(by: HostileActor, type: string, object: unknown): Activity {
  return { id: `${by.id}/${type}/${crypto.randomUUID()}`, type, actor: by.id, object };
}

test("IF-15: an activity's id with other contents, for a message that is known and for another", async () => {
  const app = await startHostileApp();
  const activity = app.create();
  await take(app, activity, app.eve);
  await app.withstands(
    {
      "other words": app.signed({ ...activity, object: { ...activity.object, content: "other" } }),
      "another message": app.signed({ ...activity, object: app.create().object }),
    },
    nothing,
  );
  const [line] = app.logged.filter(({ reason }) => reason === "id_conflict").slice(-1);
  expect(line).toMatchObject({ count: 2 });
});

test("IF-17: a message of vic in an activity of eve", async () => {
  const app = await startHostileApp();
  const { vic } = app;
  await app.withstands(
    {
      "on eve's server": app.signed(app.create({ attributedTo: vic.id })),
      "on vic's server": app.signed(app.create({ id: `${vic.id}/1`, attributedTo: vic.id })),
      enclosed: app.signed(app.create({ attributedTo: { id: vic.id, type: "Person" } })),
    },
    nothing,
  );
});

test("IF-18: a message of eve with an id on vic's server", async () => {
  const app = await startHostileApp();
  const known = byVic(app);
  await take(app, known, app.vic);
  const ids = [
    `${app.vic.id}/new`,
    String(known.object["id"]),
    `${app.peer.origin.replace("http:", "https:")}/1`,
    `${app.peer.origin}@${new URL(app.vic.id).host}/1`,
  ];
  await app.withstands(
    {
      ...Object.fromEntries(ids.map((id) => [`message ${id}`, app.signed(app.create({ id }))])),
      ...Object.fromEntries(ids.map((id) => [`activity ${id}`, app.signed(app.create({}, { id }))])),
    },
    nothing,
  );
});

test("IF-19: a message of eve with an id on our server, new or of a message that exists", async () => {
  const app = await startHostileApp();
  await take(app, app.create(), app.eve);
  const [request] = await app.requests();
  const here = request?.messages[0]?.id;
  const upper = app.origin.replace("localhost", "LOCALHOST");
  const ids = [
    `${app.origin}/m/${here}`,
    `${app.origin}/m/${crypto.randomUUID()}`,
    `${upper}/m/${here}`,
    app.ann.uri,
  ];
  await app.withstands(
    {
      ...Object.fromEntries(ids.map((id) => [`message ${id}`, app.signed(app.create({ id }))])),
      ...Object.fromEntries(ids.map((id) => [`activity ${id}`, app.signed(app.create({}, { id }))])),
    },
    nothing,
  );
});

test("IF-20: authors who are two, or none, and actors who are two", async () => {
  const app = await startHostileApp();
  const { eve, vic } = app;
  const authors = [[eve.id, vic.id], [vic.id, eve.id], [], null, undefined, [[eve.id]]];
  const actors = [[eve.id, vic.id], [vic.id, eve.id], [], null, [[eve.id]]];
  await app.withstands(
    {
      ...Object.fromEntries(
        authors.map((each) => [
          `author ${JSON.stringify(each)}`,
          app.signed(app.create({ attributedTo: each })),
        ]),
      ),
      ...Object.fromEntries(
        actors.map((each) => [`actor ${JSON.stringify(each)}`, app.signed(app.create({}, { actor: each }))]),
      ),
    },
    nothing,
  );
});

test("IF-21: an edit or a deletion of vic's message by eve, and by somebody else of vic's own server", async () => {
  const app = await startHostileApp();
  const { eve, vic, victim } = app;
  const other = serveActor(victim, "other", vic.keys);
  const message = byVic(app);
  await take(app, message, vic);
  await take(app, byVic(app, { id: `${other.id}/1`, attributedTo: other.id }), vic).catch(() => undefined);
  const changed = { ...message.object, content: "changed", updated: new Date().toISOString() };
  const attacks = [eve, other].flatMap((by): [string, Sendable][] => [
    [`edit by ${by.id}`, app.signed(about(by, "Update", changed), {}, by)],
    [`own edit by ${by.id}`, app.signed(about(by, "Update", { ...changed, attributedTo: by.id }), {}, by)],
    [`vic's edit by ${by.id}`, app.signed(about(vic, "Update", changed), {}, by)],
    [`deletion by ${by.id}`, app.signed(about(by, "Delete", message.object["id"]), {}, by)],
    [`vic's deletion by ${by.id}`, app.signed(about(vic, "Delete", message.object["id"]), {}, by)],
  ]);
  await app.withstands(Object.fromEntries(attacks), {
    status: [202, 401],
    asked: [eve.path, other.path],
  });
  expect(await app.texts()).toContain("hello");
  expect(await app.texts()).not.toContain("changed");
});

test("IF-23: an edit older than what is there, of the same time, and of a message that never came", async () => {
  const app = await startHostileApp();
  const { eve } = app;
  const message = app.create();
  await take(app, message, eve);
  const edit = (content: string, updated: string) =>
    about(eve, "Update", { ...message.object, content, updated });
  await take(app, edit("new", "2026-11-22T08:00:02Z"), eve);
  await app.withstands(
    {
      older: app.signed(edit("old", "2026-11-22T08:00:01Z")),
      "of a message that never came": app.signed(about(eve, "Update", app.create().object)),
    },
    nothing,
  );
  expect(await app.texts()).toContain("new");
});

test("IF-31: what is private and announced by one who may read it is shown to nobody and given to nobody", async () => {
  const app = await startHostileApp();
  const { ann, eve, vic, victim } = app;
  await take(app, byVic(app), vic);
  victim.answer("/users/vic/inbox", (_request, response) => void response.writeHead(202).end());
  const [conversation] = await app.requests();
  const message = await answer(app, conversation?.id ?? "", "between us");
  expect(victim.requestsFor("/users/vic/inbox")).toHaveLength(1);
  const note = `${app.origin}/m/${message.id}`;
  const announce = (to: unknown, object: unknown) =>
    app.signed({ ...about(vic, "Announce", object), to }, {}, vic);
  const enclosed = { id: note, type: "Note", attributedTo: ann.uri, to: [Public], content: "between us" };
  await app.withstands(
    {
      "to everybody": announce(Public, note),
      "to eve": announce([eve.id], note),
      "to ann": announce([ann.uri], note),
      "enclosed, to ann and everybody": announce([ann.uri, Public], enclosed),
      "by eve, to ann": app.signed({ ...about(eve, "Announce", enclosed), to: [ann.uri] }),
    },
    { ...nothing, asked: [vic.path, eve.path] },
  );
  for (const by of [eve, undefined]) expect(await ask(app, `/m/${message.id}`, by)).toBe(404);
  expect(await ask(app, `/m/${message.id}`, vic)).toBe(200);
});

/** Asks for a document of ours; answers the status. */
async function ask(app: HostileApp, target: string, by: HostileActor | undefined): Promise<number> {
  const headers = {
    host: new URL(app.origin).host,
    date: new Date().toUTCString(),
    accept: "application/activity+json",
  };
  const plain = { method: "GET", target, headers };
  const covers = ["(request-target)", "host", "date"];
  const signing = by && { keyId: by.keyId, privateKey: by.keys.privateKey, covers };
  return (await app.send(signing ? signCavage(plain, signing) : plain)).status;
}

test("IF-32: what is embedded in a message is never stored, nor asked for", async () => {
  const app = await startHostileApp();
  const { peer, vic } = app;
  const forged = {
    id: `${vic.id}/notes/9`,
    type: "Note",
    attributedTo: vic.id,
    to: [app.ann.uri],
    content: "forged",
  };
  const create = { id: `${vic.id}/9`, type: "Create", actor: vic.id, to: [app.ann.uri], object: forged };
  const places = {
    inReplyTo: forged,
    context: forged,
    conversation: { ...forged },
    replies: { type: "Collection", first: { type: "CollectionPage", items: [forged, create] } },
    quote: forged,
    quoteUrl: forged,
    tag: [forged, create],
    attachment: [{ type: "Document", url: `${vic.id}/notes/9`, object: create }],
    object: create,
  };
  let taken = 0;
  for (const [place, value] of Object.entries(places)) {
    await take(app, app.create({ [place]: value }), app.eve);
    taken += 1;
    expect([place, (await app.texts()).length]).toEqual([place, taken]);
  }
  expect(await app.texts()).not.toContain("forged");
  const authors = (await app.requests()).flatMap(({ messages }) => messages.map(({ authorId }) => authorId));
  expect(new Set(authors).size).toBe(1);
  const stored = await app.connection
    .sql`select from message where text like '%forged%' or uri = ${forged.id}`;
  expect(stored).toHaveLength(0);
  expect(new Set(peer.requests.map(({ url }) => url).filter((url) => url.startsWith("/users/")))).toEqual(
    new Set([app.eve.path]),
  );
  expect(app.victim.connections).toBe(0);
});
