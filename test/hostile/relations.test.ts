import { expect, test } from "vitest";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { answer } from "../helpers/hostile-answer.ts";
import { startHostileApp, type Activity, type HostileApp } from "../helpers/hostile-app.ts";
import type { Sendable } from "../helpers/hostile-signing.ts";
import { stateHash } from "../helpers/state-hash.ts";

/** An activity in somebody's name. */
function deed(by: HostileActor, type: string, object: unknown): Activity {
  return { id: `${by.id}/${type}/${crypto.randomUUID()}`, type, actor: by.id, object };
}

async function take(app: HostileApp, activity: Activity, by: HostileActor): Promise<void> {
  expect((await app.send(app.signed(activity, {}, by))).status).toBe(202);
}

/** Vic says something to ann. */
async function vicSays(app: HostileApp, content: string): Promise<void> {
  const { vic } = app;
  const id = `${vic.id}/notes/${crypto.randomUUID()}`;
  await take(
    app,
    app.create({ id, attributedTo: vic.id, content }, { id: `${id}/create`, actor: vic.id }),
    vic,
  );
}

test("IF-25: vic is not deleted by eve, by a neighbour, or by anybody while their own server still shows them", async () => {
  const app = await startHostileApp();
  const { eve, vic, victim } = app;
  await vicSays(app, "before");
  const neighbour = serveActor(victim, "neighbour", eve.keys);
  const forged = { ...vic, keys: eve.keys };
  const things = [vic.id, { id: vic.id, type: "Tombstone" }, { id: vic.id, type: "Person" }, [vic.id]];
  const attacks = things.flatMap((thing, n): [string, Sendable][] => [
    [`by eve ${n}`, app.signed(deed(eve, "Delete", thing))],
    [`by a neighbour ${n}`, app.signed(deed(neighbour, "Delete", thing), {}, neighbour)],
    [`as vic, signed by eve ${n}`, app.signed(deed(vic, "Delete", thing))],
    [`as vic, with eve's key under vic's name ${n}`, app.signed(deed(vic, "Delete", thing), {}, forged)],
  ]);
  await app.withstands(Object.fromEntries(attacks), {
    status: [202, 401],
    asked: [eve.path, vic.path, neighbour.path],
  });
  await vicSays(app, "after");
  expect(await app.texts()).toEqual(expect.arrayContaining(["before", "after"]));
});

test("IF-27: what vic did is not taken back by eve", async () => {
  const app = await startHostileApp();
  const { ann, eve, vic, victim, peer } = app;
  await take(app, app.create(), eve); // from now on she is known
  await vicSays(app, "from vic");
  victim.answer(`${vic.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  peer.answer(`${eve.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  const conversation = (await app.requests()).find(({ messages }) =>
    JSON.stringify(messages).includes("from vic"),
  );
  const message = await answer(app, conversation?.id ?? "", "an answer");
  const note = `${app.origin}/m/${message.id}`;
  const deeds = [
    deed(vic, "Like", note),
    { ...deed(vic, "EmojiReact", note), content: "🔥" },
    deed(vic, "Follow", ann.uri),
    { ...deed(vic, "Add", note), target: `${vic.id}/featured` },
    deed(vic, "Block", ann.uri),
  ];
  for (const each of deeds) await take(app, each, vic);
  const attacks = deeds.flatMap((each): [string, Sendable][] => [
    [`${String(each["type"])} named`, app.signed(deed(eve, "Undo", each["id"]))],
    [`${String(each["type"])} enclosed`, app.signed(deed(eve, "Undo", each))],
    [`${String(each["type"])} as her own`, app.signed(deed(eve, "Undo", { ...each, actor: eve.id }))],
    [`${String(each["type"])} as vic`, app.signed(deed(vic, "Undo", each))],
  ]);
  await app.withstands(Object.fromEntries(attacks), { status: [202, 401], asked: [eve.path, vic.path] });
});

test("IF-28: eve blocks nobody in vic's name, and her own block touches no conversation of others", async () => {
  const app = await startHostileApp();
  const { ann, eve, vic } = app;
  await vicSays(app, "before");
  await app.withstands(
    {
      "as vic": app.signed(deed(vic, "Block", ann.uri)),
      "as vic, with eve's key under vic's name": app.signed(
        deed(vic, "Block", ann.uri),
        {},
        { ...vic, keys: eve.keys },
      ),
      "of vic, by eve": app.signed(deed(eve, "Block", vic.id)),
    },
    { status: [202, 401], asked: [eve.path, vic.path] },
  );
  const talk = async () =>
    (await stateHash(app.databaseUrl))
      .split("\n")
      .filter((line) => /^(?:conversation|member|message|delivery) /.test(line));
  const before = await talk();
  expect(before).toHaveLength(4);
  await take(app, deed(eve, "Block", ann.uri), eve);
  expect(await talk()).toEqual(before);
  await vicSays(app, "after");
  expect(await app.texts()).toEqual(expect.arrayContaining(["before", "after"]));
});

test("IF-30: nobody is put into a conversation or out of it by another server, whoever asks for it", async () => {
  const app = await startHostileApp();
  const { ann, eve, vic, peer, victim } = app;
  await take(app, app.create(), eve); // from now on she is known
  await vicSays(app, "from vic");
  victim.answer(`${vic.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  peer.answer(`${eve.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  const ofVic = (await app.requests()).find(({ messages }) => JSON.stringify(messages).includes("from vic"))!;
  await answer(app, ofVic.id, "an answer");
  const room = `${app.origin}/r/${ofVic.id}`;
  const attacks = [eve, vic].flatMap((by) =>
    [room, `${room}/members`, `${ann.uri}/followers`].flatMap((target): [string, Sendable][] => [
      [`Add eve, ${by.id} ${target}`, app.signed({ ...deed(by, "Add", eve.id), target }, {}, by)],
      [`Remove ann, ${by.id} ${target}`, app.signed({ ...deed(by, "Remove", ann.uri), target }, {}, by)],
      [`Remove vic, ${by.id} ${target}`, app.signed({ ...deed(by, "Remove", vic.id), target }, {}, by)],
      [
        `Invite eve, ${by.id} ${target}`,
        app.signed({ ...deed(by, "Invite", target), target: eve.id }, {}, by),
      ],
      [`Join, ${by.id} ${target}`, app.signed(deed(by, "Join", target), {}, by)],
      [`Leave, ${by.id} ${target}`, app.signed(deed(by, "Leave", target), {}, by)],
      [`Add as vic, ${by.id} ${target}`, app.signed({ ...deed(vic, "Add", eve.id), target })],
    ]),
  );
  await app.withstands(Object.fromEntries(attacks), { status: [202, 401], asked: [eve.path, vic.path] });
});

test("IF-39: whatever eve sends ann who blocks her looks taken, and is shown to nobody", async () => {
  const app = await startHostileApp();
  const { ann, eve, connection } = app;
  await take(app, app.create({ content: "before" }), eve);
  const [request] = await app.requests();
  const note = String(app.create().object["id"]);
  const [person] = await connection.sql<{ id: string }[]>`select id from person where uri = ${eve.id}`;
  const { status } = await app.request(`/api/chat/v1/people/${person?.id}/block`, {
    token: ann.token,
    method: "PUT",
    json: { kind: "silent" },
  });
  expect(status).toBe(200);
  const here = `${app.origin}/m/${request?.messages[0]?.id}`;
  const to = [ann.uri];
  const invite = { ...deed(eve, "Invite", { type: "Group", id: `${eve.id}/rooms/1` }), target: ann.uri, to };
  await app.withstands(
    {
      "a message": app.signed(app.create()),
      "an answer": app.signed(app.create({ inReplyTo: here })),
      "a chat": app.signed(app.create({ type: "ChatMessage" })),
      "an edit of what never came": app.signed(deed(eve, "Update", app.create({ id: note }).object)),
      "a like": app.signed(deed(eve, "Like", here)),
      "a reaction": app.signed({ ...deed(eve, "EmojiReact", here), content: "🔥" }),
      "a pin": app.signed({ ...deed(eve, "Add", here), target: `${eve.id}/featured` }),
      "a follow": app.signed(deed(eve, "Follow", ann.uri)),
      "a report": app.signed({ ...deed(eve, "Flag", [ann.uri, here]), content: "x" }),
      "an invitation": app.signed(invite),
      "that she types": app.signed({ ...deed(eve, "Typing", here), to }),
      "that she read": app.signed({ ...deed(eve, "Read", here), to }),
    },
    { status: 202 },
  );
});
