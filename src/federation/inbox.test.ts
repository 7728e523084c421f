import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { receivedActivity } from "#db/schema/federation.ts";
import type { PersonRow } from "#domain/people.ts";
import type { HostilePeer } from "../../test/hostile-peer.ts";
import { InboxScene } from "../../test/helpers/inbox-scene.ts";
import type { PeerActor } from "../../test/helpers/peer-actor.ts";

const origin = "https://a.example";
let scene: InboxScene;
let peer: HostilePeer;
let eve: PeerActor;
let vic: PeerActor;
let ann: PersonRow;
/** Whether our own code breaks before each commit. */
let failing = false;

beforeAll(async () => {
  const failpoint = async (name: string) => {
    if (failing && name === "before-commit") throw new Error("failpoint");
  };
  scene = await InboxScene.start({ origin, failpoint });
  peer = scene.peer;
  [eve, vic] = [scene.actor("/users/eve"), scene.actor("/users/vic")];
});
afterAll(async () => await scene.close());

beforeEach(async () => {
  failing = false;
  scene.restart();
  ann = await scene.newcomer();
});

const newcomer = () => scene.newcomer();
const uriOf = (person: PersonRow) => scene.uriOf(person);
const messagesOf: InboxScene["messagesOf"] = (...args) => scene.messagesOf(...args);
const textsOf = async (person: PersonRow) => (await messagesOf(person)).map(({ text }) => text);

/** A private message to ann; `object` and `activity` override. */
const note = (
  author: PeerActor,
  object: Record<string, unknown> = {},
  activity: Record<string, unknown> = {},
) => ({
  ...scene.note(author, ann, object),
  to: [uriOf(ann)],
  ...activity,
});

/** Posts to somebody's inbox, by default ann's; answers the status. */
async function post(
  author: PeerActor,
  activity: unknown,
  inbox: PersonRow | "shared" = ann,
): Promise<number> {
  return Number.parseInt(await scene.post(author, activity, inbox), 10);
}

const effectOf = (author: PeerActor, activity: unknown, inbox: PersonRow | "shared" = ann) =>
  scene.effectOf(author, activity, inbox);

/** The answer and what it was counted as: no table changed, and nobody was asked. */
const nothing: unknown = expect.stringMatching(/^202 \w+$/);

describe("a private message", () => {
  test("of a stranger becomes a request, of one by one", async () => {
    expect(await post(eve, note(eve, { content: "<p>one</p>", published: "2026-11-22T08:00:00Z" }))).toBe(
      202,
    );
    const [message] = await messagesOf(ann);
    expect(message).toMatchObject({ text: "one", html: null, sentAt: new Date("2026-11-22T08:00:00Z") });
    expect(await messagesOf(ann, "accepted")).toEqual([]);
  });

  test("comes in by the shared inbox as well, and is filed by its addressees", async () => {
    const bea = await newcomer();
    const both = [uriOf(ann), uriOf(bea)];
    expect(await post(eve, note(eve, { to: both }, { to: both }), "shared")).toBe(202);
    expect(await textsOf(ann)).toEqual(["hello"]);
    expect(await textsOf(bea)).toEqual(["hello"]);
  });

  test("sent again, to whatever inbox, is there once", async () => {
    const bea = await newcomer();
    const both = [uriOf(ann), uriOf(bea)];
    const activity = note(eve, { to: both }, { to: both });
    expect(await post(eve, activity)).toBe(202);
    for (const inbox of [ann, bea, "shared"] as const)
      expect(await effectOf(eve, activity, inbox)).toEqual(nothing);
    expect(await textsOf(ann)).toEqual(["hello"]);
  });

  test("is known by its own id, when the ids of activities are forgotten", async () => {
    const activity = note(eve);
    await post(eve, activity);
    await scene.home.ctx.db.delete(receivedActivity);
    expect(await post(eve, activity)).toBe(202);
    expect(await post(eve, { ...activity, id: `${eve.uri}/another` })).toBe(202);
    expect(await textsOf(ann)).toEqual(["hello"]);
  });

  test("from the future was sent now", async () => {
    await post(eve, note(eve, { published: "2999-01-01T00:00:00Z" }));
    const [message] = await messagesOf(ann);
    expect(message!.sentAt.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test("with more nested tags than anybody can close holds nobody up and shows nothing that runs", async () => {
    const content = `${"<b>".repeat(20_000)}deep<script>alert(1)</script>${"@x ".repeat(10_000)}`;
    expect(await post(eve, note(eve, { content }))).toBe(202);
    const [message] = await messagesOf(ann);
    expect(message?.text).toContain("deep");
    expect(message?.html ?? "").not.toContain("<script");
  });
});

describe("nothing happens, and the sender is thanked, when", () => {
  test("an activity's id comes again with other contents", async () => {
    const activity = note(eve);
    await post(eve, activity);
    expect(await effectOf(eve, { ...activity, object: note(eve, { content: "other" }).object })).toEqual(
      nothing,
    );
  });

  test("the message is somebody else's, of two people, or of nobody", async () => {
    for (const attributedTo of [vic.uri, [eve.uri, vic.uri], undefined])
      expect(await effectOf(eve, note(eve, { attributedTo }))).toEqual(nothing);
  });

  test("its id is on another server or on ours", async () => {
    await post(eve, note(eve));
    const [message] = await messagesOf(ann);
    for (const id of ["https://v.example/notes/1", `${origin}/m/${message!.id}`, `${origin}/m/new`])
      expect(await effectOf(eve, note(eve, { id }))).toEqual(nothing);
  });

  test("somebody else changes it, on the same server too", async () => {
    const activity = note(eve);
    await post(eve, activity);
    await post(vic, note(vic));
    const { id } = activity.object;
    const changed = { ...activity.object, content: "changed" };
    expect(
      await effectOf(vic, { id: `${vic.uri}/u/1`, type: "Update", actor: vic.uri, object: changed }),
    ).toEqual(nothing);
    expect(
      await effectOf(vic, {
        id: `${vic.uri}/u/2`,
        type: "Update",
        actor: vic.uri,
        object: { ...changed, attributedTo: vic.uri },
      }),
    ).toEqual(nothing);
    expect(await effectOf(vic, { id: `${vic.uri}/d/1`, type: "Delete", actor: vic.uri, object: id })).toEqual(
      nothing,
    );
    expect(await textsOf(ann)).toEqual(["hello", "hello"]);
  });

  test("an edit is older than what is there, or of a message that never came", async () => {
    const activity = note(eve);
    await post(eve, activity);
    const edit = (content: string, updated: string) => ({
      id: scene.idOf(eve, "u"),
      type: "Update",
      actor: eve.uri,
      object: { ...activity.object, content, updated },
    });
    expect(await post(eve, edit("new", "2026-11-22T08:00:02Z"))).toBe(202);
    expect(await effectOf(eve, edit("old", "2026-11-22T08:00:01Z"))).toEqual(nothing);
    expect(await effectOf(eve, { ...edit("x", "2026-11-22T08:00:03Z"), object: note(eve).object })).toEqual(
      nothing,
    );
    expect(
      await effectOf(vic, { ...edit("x", "2026-11-22T08:00:03Z"), actor: vic.uri, id: `${vic.uri}/u/9` }),
    ).toEqual(nothing);
    expect(await textsOf(ann)).toEqual(["new"]);
  });

  test("it is for nobody here, for too many, or for no one in particular", async () => {
    const nobody = `${origin}/users/0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d`;
    const many = Array.from({ length: 9_000 }, (_, n) => peer.url(`/users/${n}`));
    for (const to of [[], undefined, [nobody], [eve.uri], many, [uriOf(ann), ...many.slice(0, 100)]])
      expect(await effectOf(eve, note(eve, { to }, { to: undefined }))).toEqual(nothing);
    for (const blind of [{ bto: uriOf(ann) }, { bcc: [uriOf(ann)] }, { audience: uriOf(ann) }])
      expect(await effectOf(eve, note(eve, { to: undefined, ...blind }, { to: undefined }))).toEqual(nothing);
  });

  test("it came to the inbox of somebody whom it is not addressed to", async () => {
    const bea = await newcomer();
    expect(await effectOf(eve, note(eve), bea)).toEqual(nothing);
  });

  test("it is public, in whatever spelling", async () => {
    for (const everybody of [
      "https://www.w3.org/ns/activitystreams#Public",
      "http://www.w3.org/ns/activitystreams#Public",
      "as:Public",
      "Public",
    ]) {
      expect(await effectOf(eve, note(eve, { to: [uriOf(ann), everybody] }))).toEqual(nothing);
      expect(await effectOf(eve, note(eve, { cc: everybody }))).toEqual(nothing);
      expect(await effectOf(eve, note(eve, {}, { to: [everybody] }))).toEqual(nothing);
    }
  });

  test("it is addressed to a collection, ours or theirs", async () => {
    peer.document("/users/eve/followers", {
      id: peer.url("/users/eve/followers"),
      type: "Collection",
      totalItems: 1,
    });
    const collections = [
      `${uriOf(ann)}/followers`,
      `${origin}/followers`,
      `${eve.uri}/followers`,
      `${eve.uri}/nowhere`,
    ];
    for (const collection of collections) {
      const to = [uriOf(ann), collection];
      // Her author row may be new: what must not happen is a message.
      expect(await post(eve, note(eve, { to }, { to }))).toBe(202);
    }
    expect(await messagesOf(ann)).toEqual([]);
  });

  test("it is not a message, or wrapped in something else", async () => {
    const forged = note(vic).object;
    await post(vic, note(vic));
    expect(await effectOf(eve, { ...note(eve), type: "Announce", object: forged })).toEqual(nothing);
    expect(await effectOf(eve, { ...note(eve), type: "Announce", object: forged.id })).toEqual(nothing);
    expect(await effectOf(eve, { ...note(eve), type: "Delete", object: vic.uri })).toEqual(nothing);
    for (const type of ["Follow", "Like", "EmojiReact", "Block", "Undo", "Flag", "Move", "Nonsense"])
      expect(await effectOf(eve, { ...note(eve), type })).toEqual(nothing);
  });

  test("it accepts or rejects what nobody asked, of whoever it says did (IF-29)", async () => {
    const asked = [
      { id: `${uriOf(ann)}/follows/1`, type: "Follow", actor: uriOf(ann), object: eve.uri },
      { id: `${vic.uri}/follows/1`, type: "Follow", actor: vic.uri, object: uriOf(ann) },
      { id: `${origin}/r/1/invite`, type: "Invite", actor: uriOf(ann), object: eve.uri },
      { id: `${eve.uri}/joins/1`, type: "Join", actor: eve.uri, object: `${origin}/r/1` },
    ];
    for (const type of ["Accept", "Reject"])
      for (const object of [...asked, ...asked.map(({ id }) => id)])
        expect(await effectOf(eve, { id: `${eve.uri}/a/1`, type, actor: eve.uri, object })).toEqual(nothing);
  });

  test("its parts are of the wrong kind", async () => {
    for (const type of [7, null, [], ["Create", "Delete"]])
      expect(await effectOf(eve, { ...note(eve), type })).toEqual(nothing);
    for (const object of [7, null, true, [], Array(1_000).fill("x"), {}])
      expect(await effectOf(eve, { ...note(eve), object })).toEqual(nothing);
    for (const id of [
      "/1",
      "data:,x",
      "javascript:alert(1)",
      `${eve.uri}/${"x".repeat(10_000)}`,
      undefined,
    ]) {
      expect(await effectOf(eve, note(eve, { id }))).toEqual(nothing);
      expect(await effectOf(eve, { ...note(eve), id })).toEqual(nothing);
    }
  });
});

test("what is embedded in a message is never stored", async () => {
  const forged = { ...note(vic).object, content: "forged" };
  const activity = note(eve, {
    inReplyTo: forged,
    context: { ...forged },
    replies: { type: "Collection", first: { type: "CollectionPage", items: [forged] } },
    quote: forged,
    tag: [forged],
  });
  expect(await post(eve, activity)).toBe(202);
  expect(await textsOf(ann)).toEqual(["hello"]);
});

test("nobody enters a conversation by naming it or by answering into it", async () => {
  const first = note(vic, { context: `${vic.uri}/rooms/1` });
  await post(vic, first);
  const [message] = await messagesOf(ann);
  const room = `${origin}/r/${message!.conversationId}`;
  for (const object of [
    { context: `${vic.uri}/rooms/1` },
    { context: room, conversation: room },
    { inReplyTo: first.object.id },
    { inReplyTo: `${origin}/m/${message!.id}` },
  ])
    await post(eve, note(eve, { ...object, content: "let me in" }));
  const intruding = (await messagesOf(ann)).filter(({ text }) => text === "let me in");
  expect(intruding).toHaveLength(4);
  expect(intruding.map(({ conversationId }) => conversationId)).not.toContain(message!.conversationId);
  expect(intruding.every(({ inReplyTo }) => inReplyTo === null)).toBe(true);
});

test("a deletion that comes before its message wins", async () => {
  const activity = note(eve);
  const gone = { id: `${eve.uri}/d/1`, type: "Delete", actor: eve.uri, object: activity.object.id };
  expect(await post(eve, { ...gone, to: "https://www.w3.org/ns/activitystreams#Public" })).toBe(202);
  expect(await post(eve, activity)).toBe(202);
  expect(await messagesOf(ann)).toEqual([]);
});

test("messages of one author that arrive together stand in the order of their arrival", async () => {
  await post(eve, note(eve, { content: "first" }));
  const texts = Array.from({ length: 10 }, (_, n) => `number ${n}`);
  for (const content of texts) expect(await post(eve, note(eve, { content }))).toBe(202);
  const together = await Promise.all(["a", "b", "c"].map((content) => post(eve, note(eve, { content }))));
  expect(together).toEqual([202, 202, 202]);
  const said = await textsOf(ann);
  expect(said.slice(0, 11)).toEqual(["first", ...texts]);
  expect(new Set(said.slice(11))).toEqual(new Set(["a", "b", "c"]));
});

test("a sender whose own server does not tell what it addresses is asked to come again", async () => {
  peer.answer("/users/dora", (_request, response) => void response.writeHead(503).end());
  const to = [uriOf(ann), peer.url("/users/dora")];
  const activity = note(eve, { to }, { to });
  expect(await post(eve, activity)).toBe(503);
  expect(await messagesOf(ann)).toEqual([]);
});

test("an edit of what never came is dropped before its text is looked at", async () => {
  await post(eve, note(eve));
  const gone = note(eve, { content: "x", tag: [], updated: "2026-11-22T08:00:03Z" }).object;
  const update = { id: `${eve.uri}/u/never`, type: "Update", actor: eve.uri, object: gone };
  expect(await effectOf(eve, update)).toEqual(nothing);
});

test("an activity on which we break is to come again, and stands in nobody's way", async () => {
  await post(eve, note(eve));
  failing = true;
  const poison = note(eve, { content: "again" });
  expect(await effectOf(eve, poison)).toBe("500 error");
  failing = false;
  expect(await post(eve, note(eve, { content: "next" }))).toBe(202);
  expect(await post(eve, poison)).toBe(202);
  expect(await textsOf(ann)).toEqual(["hello", "next", "again"]);
});

test("the inbox of nobody is not there", async () => {
  const nobody = { ...ann, id: "0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d" as PersonRow["id"] };
  expect(await post(eve, note(eve), nobody)).toBe(404);
});
