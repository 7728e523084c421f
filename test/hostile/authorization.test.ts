import { expect, test } from "vitest";
import { setServerRule } from "#domain/server-rules.ts";
import { saveRemotePerson } from "#domain/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Sent } from "#protocol/api.ts";
import { startApp, type RequestOptions, type TestApp } from "../helpers/app.ts";
import { decided, groupOf } from "../helpers/groups.ts";
import { addActor, type PeerActor } from "../helpers/peer-actor.ts";
import { poll } from "../helpers/poll.ts";
import { HostilePeer } from "../hostile-peer.ts";

// The matrix of who may read what of a group, cell by cell and by every way in. A resource without a cell for a reader
// does not compile.

const base = "/api/chat/v1";
/** `member` wrote nothing; `former` was taken out; `newcomer` came later; `blocked` is blocked by the author. */
const readers = ["author", "member", "former", "newcomer", "blocked", "stranger", "admin", "nobody"] as const;
type Reader = (typeof readers)[number];
type Cell = "reads" | "nothing";
type Row = Readonly<Record<Reader, Cell>>;

const members: Row = {
  author: "reads",
  member: "reads",
  former: "nothing",
  newcomer: "reads",
  blocked: "reads",
  stranger: "nothing",
  admin: "nothing",
  nobody: "nothing",
};
const thoseThere: Row = { ...members, former: "reads", newcomer: "nothing" };

type Way = (scene: Scene) => string;
const wholeConversation: readonly Way[] = [
  ({ id }) => `/conversations/${id}/messages?limit=80`,
  ({ id }) => `/conversations/${id}/messages?around=2`,
  ...["json", "html", "text"].map(
    (format): Way =>
      ({ id }) =>
        `/conversations/${id}/export?format=${format}`,
  ),
];
const searchFor =
  (word: string): Way =>
  () =>
    `/search?q=${word}`;
const aboutMessage = (name: keyof Scene["messages"]): Way[] =>
  ["", "/chain", "/history"].map(
    (what) =>
      ({ messages }) =>
        `/messages/${messages[name]}${what}`,
  );

/** By which words each thing is known, how it may be asked for, and who finds it there. */
const resources: Readonly<Record<string, { word: string; ways: readonly Way[]; row: Row }>> = {
  "a message": {
    word: "alphacanary",
    ways: [...wholeConversation, ...aboutMessage("alpha"), searchFor("alphacanary")],
    row: thoseThere,
  },
  "what was said before somebody joined": {
    word: "beforecanary",
    ways: [...wholeConversation, ...aboutMessage("before"), searchFor("beforecanary")],
    row: thoseThere,
  },
  "what was said after somebody was taken out": {
    word: "aftercanary",
    ways: [...wholeConversation, ...aboutMessage("after"), searchFor("aftercanary")],
    row: members,
  },
  "an older text, in the history of edits": {
    word: "draftcanary",
    ways: [({ messages }) => `/messages/${messages.edited}/history`],
    row: thoseThere,
  },
  "what changed in it": {
    word: "alphacanary",
    ways: [({ id }) => `/conversations/${id}/changes?after=0`],
    row: { ...thoseThere, former: "nothing" },
  },
  "a text that was changed after somebody was taken out": {
    word: "latercanary",
    ways: [...wholeConversation, ...aboutMessage("edited"), searchFor("latercanary")],
    row: { ...thoseThere, former: "nothing" },
  },
  "that a message was deleted": {
    word: `"deletedAt":"2`,
    ways: [({ messages }) => `/messages/${messages.deleted}`],
    row: thoseThere,
  },
  "a reaction": {
    word: "🦊",
    ways: [
      ({ id }) => `/conversations/${id}/messages?limit=80`,
      ({ messages }) => `/messages/${messages.alpha}`,
    ],
    row: { ...thoseThere, former: "nothing" },
  },
  "a reaction of somebody who blocks the reader": {
    word: "🐙",
    ways: [
      ({ id }) => `/conversations/${id}/messages?limit=80`,
      ({ messages }) => `/messages/${messages.alpha}`,
    ],
    row: { ...thoseThere, former: "nothing", blocked: "nothing" },
  },
  "how far somebody has read": {
    word: `"receipts":{"`,
    ways: [({ id }) => `/conversations/${id}`],
    // One's own mark is not shown as a receipt; the author's block hides theirs, and nobody else's.
    row: { ...members, member: "nothing" },
  },
  "the title that the group was given later": {
    word: "titlecanary",
    ways: [
      ({ id }) => `/conversations/${id}`,
      () => "/conversations?limit=80",
      ({ id }) => `/conversations/${id}/changes?after=0`,
    ],
    row: members,
  },
  "who came after somebody was taken out": {
    word: `"handle":"newcomer"`,
    ways: [({ id }) => `/conversations/${id}`, ({ id }) => `/conversations/${id}/changes?after=0`],
    row: members,
  },
  "that there is the group": {
    word: "conversation",
    ways: [({ id }) => `/conversations/${id}`],
    row: { ...members, former: "reads" },
  },
  "the pins": {
    word: "alphacanary",
    ways: [({ id }) => `/conversations/${id}/pins`],
    // Its author pinned it: what they do is hidden from whom they block.
    row: { ...thoseThere, former: "nothing", blocked: "nothing" },
  },
};

interface Scene {
  id: ConversationId;
  messages: Record<"before" | "alpha" | "edited" | "deleted" | "after", string>;
}

async function openScene() {
  const app = await startApp();
  const people = {} as Record<Exclude<Reader, "nobody">, { id: PersonId; token: string }>;
  for (const name of readers)
    if (name !== "nobody") people[name] = (await app.person(name)) as { id: PersonId; token: string };
  const { author, member, former, blocked, newcomer, admin } = people;
  const { sql } = app.connection;
  await sql`insert into account (person_id, password_hash, role, created_at) values (${admin.id}, 'x', 'admin', now())`;
  const rows = [author, member, former, blocked].map(({ id }) => ({ id })) as never;
  const id = await groupOf(app, rows);
  const say = async (text: string, inReplyTo: string | null = null) => {
    const json = { key: crypto.randomUUID(), text, inReplyTo };
    const { json: sent } = await app.request(`${base}/conversations/${id}/messages`, {
      token: author.token,
      json,
    });
    return (sent as Sent).message.id;
  };
  const act = async (path: string, { token = author.token, ...options }: RequestOptions) => {
    const { status, text } = await app.request(base + path, { token, ...options });
    expect([path, status < 300, text]).toEqual([path, true, text]);
  };
  const before = await say("beforecanary");
  const alpha = await say("alphacanary");
  const edited = await say("draftcanary");
  await act(`/messages/${edited}`, { method: "PATCH", json: { text: "plain" } });
  const deleted = await say("gone");
  await act(`/messages/${deleted}`, { method: "DELETE" });
  await act(`/people/${blocked.id}/block`, { method: "PUT", json: { kind: "silent" } });
  await decided(app, id, [{ type: "remove", personId: former.id, by: author.id, ban: false }]);
  await decided(app, id, [{ type: "join", personId: newcomer.id, role: "member", by: author.id }]);
  const reactTo = `/messages/${alpha}/reactions/`;
  await act(reactTo + encodeURIComponent("🦊"), { method: "PUT", token: member.token });
  await act(reactTo + encodeURIComponent("🐙"), { method: "PUT" });
  await act(`/messages/${alpha}/pin`, { method: "PUT" });
  await act(`/messages/${edited}`, { method: "PATCH", json: { text: "latercanary" } });
  await act(`/conversations/${id}`, { method: "PATCH", json: { title: "titlecanary" } });
  const after = await say("aftercanary");
  await act(`/conversations/${id}/read`, { token: member.token, json: { position: 8 } });
  return { app, people, say, id, messages: { before, alpha, edited, deleted, after } };
}

async function found(
  app: TestApp,
  path: string,
  token: string | undefined,
): Promise<{ status: number; text: string }> {
  return await app.request(base + path, token === undefined ? {} : { token });
}

test("every resource of a group is read by those who may, by every way, and by nobody else", async () => {
  const scene = await openScene();
  const { app, people } = scene;
  // The index is filled beside: what may be found is found before it is said what may not.
  await poll("the index", async () => {
    const { text } = await found(app, "/search?q=aftercanary", people.author.token);
    return text.includes("aftercanary") ? true : undefined;
  });
  const cells = Object.entries(resources).flatMap(([name, { word, ways, row }]) =>
    ways.flatMap((way) =>
      readers.map((reader) => ({ name, word, path: way(scene), reader, cell: row[reader] })),
    ),
  );
  const wrong: string[] = [];
  for (const { name, word, path, reader, cell } of cells) {
    const { status, text } = await found(app, path, reader === "nobody" ? undefined : people[reader].token);
    const finds = text.includes(word) ? "reads" : "nothing";
    if (finds !== cell || status >= 500) wrong.push(`${reader}: ${finds} of ${name} at ${path} (${status})`);
  }
  expect(wrong).toEqual([]);
});

test("what is not somebody's own is the same 404 as what does not exist", async () => {
  const { app, people, id, messages } = await openScene();
  const unknown = "01920000-0000-7000-8000-000000000000";
  for (const reader of ["stranger", "admin"] as const) {
    for (const path of [
      `/conversations/${id}`,
      `/conversations/${id}/messages`,
      `/messages/${messages.alpha}`,
    ]) {
      const [theirs, none] = [path, path.replace(/[0-9a-f-]{36}/, unknown)].map((each) =>
        found(app, each, people[reader].token),
      );
      const [one, other] = [await theirs!, await none!];
      expect([path, one.status, one.text]).toEqual([path, 404, other.text]);
    }
  }
});

test("a live socket tells members alone, and whoever is taken out hears of that and of nothing after", async () => {
  const { app, people, id, say } = await openScene();
  const sockets = new Map<string, Awaited<ReturnType<TestApp["socket"]>>>();
  for (const [name, { token }] of Object.entries(people)) sockets.set(name, await app.socket(token));
  const hears = (name: string, word: string) =>
    sockets.get(name)!.frames.some((frame) => JSON.stringify(frame).includes(word));
  await say("livecanary");
  await poll("the members", () =>
    ["member", "newcomer", "blocked"].every((name) => hears(name, "livecanary")) ? true : undefined,
  );
  await app.request(`${base}/conversations/${id}/members/${people.newcomer.id}`, {
    method: "DELETE",
    token: people.author.token,
  });
  await poll("the removal", () => (hears("newcomer", `"state":"removed"`) ? true : undefined));
  await say("secondcanary");
  await poll("the members", () => (hears("member", "secondcanary") ? true : undefined));
  const told = ["former", "stranger", "admin", "newcomer"].filter((name) => hears(name, "secondcanary"));
  expect([told, ["former", "stranger", "admin"].filter((name) => hears(name, "livecanary"))]).toEqual([
    [],
    [],
  ]);
});

test("whoever may not write or change anything is refused by name, and nothing is another", async () => {
  const { app, people, id, messages } = await openScene();
  const { sql } = app.connection;
  const picture = async () =>
    await sql`select c.title, c.revision, c.position, c.chat_epoch, (select count(*) from member m
      where m.conversation_id = c.id) as members from conversation c where c.id = ${id}`;
  const before = await picture();
  const post = { method: "POST", json: { key: "k", text: "no" } };
  const writes = [
    [`/conversations/${id}/messages`, post],
    [`/conversations/${id}`, { method: "PATCH", json: { title: "no" } }],
    [`/conversations/${id}/members/${people.member.id}`, { method: "DELETE" }],
    [`/conversations/${id}/members/${people.member.id}/role`, { method: "PUT", json: { role: "admin" } }],
    [`/conversations/${id}/owner`, { method: "POST", json: { personId: people.member.id } }],
    [`/conversations/${id}/bans/${people.member.id}`, { method: "PUT" }],
    [`/conversations/${id}/timer`, { method: "PUT", json: { seconds: 60 } }],
    [`/messages/${messages.alpha}`, { method: "DELETE" }],
    [`/messages/${messages.alpha}/pin`, { method: "PUT" }],
    [`/messages/${messages.alpha}/reactions/${encodeURIComponent("👍")}`, { method: "PUT" }],
    [`/conversations/${id}/read`, { method: "POST", json: { position: 1 } }],
    [`/conversations/${id}/leave`, { method: "POST" }],
  ] as const;
  for (const reader of ["former", "stranger", "admin"] as const) {
    for (const [path, options] of writes) {
      const { status, json } = await app.request(base + path, { ...options, token: people[reader].token });
      expect([reader, path, status, (json as { error: string }).error]).toEqual([
        reader,
        path,
        404,
        "not_found",
      ]);
    }
  }
  const byMember = writes.slice(1, 7);
  for (const [path, options] of byMember) {
    const { status, json } = await app.request(base + path, { ...options, token: people.blocked.token });
    expect([path, status, (json as { error: string }).error]).toEqual([path, 403, "not_permitted"]);
  }
  const stale = { method: "PATCH", json: { title: "no", epoch: 0 }, token: people.author.token };
  expect((await app.request(`${base}/conversations/${id}`, stale)).json).toMatchObject({
    error: "stale_epoch",
  });
  expect(await picture()).toEqual(before);
});

test("other servers read what was addressed to their people, while they are in the group", async () => {
  const [home, other, suspended] = [
    await HostilePeer.start(),
    await HostilePeer.start(),
    await HostilePeer.start(),
  ];
  const app = await startApp({ peers: [home.host, other.host, suspended.host] });
  const author = (await app.person("author")) as { id: PersonId; token: string };
  const [rae, roy, ron, bad] = [
    addActor(home, "/users/rae"),
    addActor(home, "/users/roy"),
    addActor(other, "/users/ron"),
    addActor(suspended, "/users/bad"),
  ];
  const member = await saveRemotePerson(app.ctx, {
    ...{ kind: "person", name: "", profileUrl: null, uri: rae.uri, handle: "rae", host: home.host },
    inbox: `${rae.uri}/inbox`,
  });
  const id = await groupOf(app, [author as never, member]);
  const json = { key: "k", text: "remotecanary" };
  const sent = await app.request(`${base}/conversations/${id}/messages`, { token: author.token, json });
  const url = `${app.origin}/m/${(sent.json as Sent).message.id}`;
  await setServerRule(app.ctx, { by: null, host: suspended.host, level: "suspend", note: "" });
  const statusFor = async (reader: PeerActor | null, what = url) =>
    (await fetch(reader === null ? new Request(what) : await reader.ask(what))).status;
  expect([await statusFor(rae), await statusFor(roy), await statusFor(ron), await statusFor(null)]).toEqual([
    200, 404, 404, 404,
  ]);
  expect(await statusFor(bad)).toBe(403);
  await decided(app, id, [{ type: "remove", personId: member.id, by: author.id, ban: false }]);
  expect(await statusFor(rae)).toBe(404);
  for (const peer of [home, other, suspended]) await peer.close();
});
