import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { remoteKey } from "#db/schema/people.ts";
import { workOffEndings } from "#domain/ending/work.ts";
import { findPersonByUri, type PersonRow } from "#domain/people.ts";
import { InboxScene } from "../../../test/helpers/inbox-scene.ts";
import type { PeerActor } from "../../../test/helpers/peer-actor.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3600 * 1000;
let scene: InboxScene;
let clock = 0;
let ann: PersonRow;
let eve: PeerActor;
let vic: PeerActor;
let count = 0;

beforeAll(async () => {
  scene = await InboxScene.start({ now: () => new Date(Date.now() + clock) });
});
afterAll(async () => await scene.close());

beforeEach(async () => {
  clock = 0;
  scene.restart();
  count += 1;
  ann = await scene.newcomer();
  eve = scene.actor(`/users/eve${count}`);
  vic = scene.actor(`/users/vic${count}`);
  for (const each of [eve, vic]) expect(await scene.post(each, scene.note(each, ann))).toBe("202 accepted");
});

const person = async (actor: PeerActor) => (await findPersonByUri(scene.home.ctx, actor.uri))!;
const update = (actor: PeerActor, object: unknown = { id: actor.uri, type: "Person" }) =>
  scene.activity(actor, "Update", object);
const deletion = (actor: PeerActor, object: unknown = actor.uri) => scene.activity(actor, "Delete", object);
const move = (actor: PeerActor, target: string) => ({ ...scene.activity(actor, "Move", actor.uri), target });

/** No key of anybody is known any more. */
async function forgetKeys(): Promise<void> {
  await scene.home.ctx.db.delete(remoteKey);
  scene.restart();
}

const gone = (actor: PeerActor, status = 410) =>
  scene.peer.answer(
    new URL(actor.uri).pathname,
    (_request, response) => void response.writeHead(status).end(),
  );

describe("a new profile", () => {
  test("is taken from the actor's own document, whatever the activity encloses", async () => {
    vic.publish({ name: "Vic", preferredUsername: "victor", type: "Service" });
    const enclosed = { id: vic.uri, type: "Person", name: "Forged", inbox: `${eve.uri}/inbox` };
    expect(await scene.effectOf(vic, update(vic, enclosed))).toMatch(/^202 accepted conversation .*person/);
    // No WebFinger says that the new name leads to them.
    const handle = `vic${count}`;
    expect(await person(vic)).toMatchObject({ name: "Vic", handle, formerHandle: null, kind: "service" });
    expect((await person(vic)).inbox).toBe(`${vic.uri}/inbox`);
  });

  test("is asked for once a minute: what comes sooner is to come again (IF-54)", async () => {
    const asked = () => scene.peer.requestsFor(new URL(vic.uri).pathname).length;
    expect(await scene.post(vic, update(vic))).toBe("202 accepted");
    const before = asked();
    vic.publish({ name: "Vic" });
    // The key is asked for again, and found to be the same.
    expect(await scene.effectOf(vic, update(vic, vic.uri))).toBe("429 too_soon");
    expect(await scene.effectOf(vic, update(vic))).toBe("429 too_soon");
    expect(asked() - before).toBe(1);
    clock = MINUTE_MS;
    expect(await scene.post(vic, update(vic))).toBe("202 accepted");
    expect((await person(vic)).name).toBe("Vic");
  });

  test("of somebody else is nothing, and of nobody whom we met neither (IF-54)", async () => {
    const forged = { id: vic.uri, type: "Person", name: "Forged" };
    expect(await scene.effectOf(eve, update(eve, forged))).toBe("202 unsupported");
    expect(await scene.effectOf(eve, { ...update(eve, forged), actor: vic.uri })).toBe(
      "401 actor_not_signer",
    );
    const stranger = scene.actor(`/users/stranger${count}`);
    expect(await scene.effectOf(stranger, update(stranger))).toBe("202 unknown_object");
  });

  test("signed with a key that its owner took back is refused (IF-54)", async () => {
    const renewed = scene.actor(`/users/vic${count}`); // a new key under the same id
    expect(await scene.post(renewed, update(renewed))).toBe("202 accepted");
    clock = MINUTE_MS;
    expect(await scene.effectOf(vic, update(vic))).toBe("401 signature_wrong");
    expect(await scene.post(renewed, update(renewed))).toBe("202 accepted");
  });

  test("makes every key count only when it is found again", async () => {
    const other = { id: `${vic.uri}#other`, owner: vic.uri, publicKeyPem: "none" };
    vic.publish({ publicKey: other });
    expect(await scene.post(vic, scene.note(vic, ann))).toBe("202 accepted"); // what was known of it still holds
    expect(await scene.post(vic, update(vic))).toBe("202 accepted");
    expect(await scene.effectOf(vic, scene.note(vic, ann))).toBe("401 key_refused");
    scene.restart();
    expect(await scene.effectOf(vic, scene.note(vic, ann))).toBe("401 key_refused");
  });
});

describe("a deleted account", () => {
  test("is shown as gone, and what they wrote goes soon after", async () => {
    expect(await scene.post(vic, deletion(vic))).toBe("202 accepted");
    expect(await person(vic)).toMatchObject({ state: "deleted", name: "" });
    expect(await scene.effectOf(vic, deletion(vic))).toBe("202 accepted");
    expect((await scene.messagesOf(ann)).map(({ text }) => text)).toEqual(["hello", "hello"]);
    await workOffEndings(scene.home.ctx);
    const left = (await scene.messagesOf(ann)).map(({ text }) => text);
    expect(new Set(left)).toEqual(new Set(["hello", null])); // eve's stays
  });

  test("of somebody else is nothing (IF-25)", async () => {
    for (const object of [vic.uri, { id: vic.uri, type: "Person" }, { id: vic.uri, type: "Tombstone" }])
      expect(await scene.effectOf(eve, deletion(eve, object))).toBe("202 unsupported");
    expect(await scene.effectOf(eve, { ...deletion(vic), actor: vic.uri })).toBe("401 actor_not_signer");
  });

  test("whose key cannot be had is gone only where its own server says so (IF-25)", async () => {
    await forgetKeys();
    vic.publish({ publicKey: [] });
    expect(await scene.effectOf(vic, deletion(vic))).toBe("202 not_gone");
    for (const status of [410, 404]) {
      await forgetKeys();
      gone(vic, status);
      expect(await scene.effectOf(vic, { ...deletion(vic), type: "Update" })).toBe("401 key_refused");
      expect(await scene.effectOf(vic, deletion(vic, `${vic.uri}/notes/1`))).toBe("401 key_refused");
    }
    expect((await person(vic)).state).toBe("active");
    expect(await scene.post(vic, deletion(vic))).toBe("202 accepted");
    expect((await person(vic)).state).toBe("deleted");
  });

  test("of whom a stranger says so loses no word to one 404, and is back once they are there again (IF-25)", async () => {
    await forgetKeys();
    const texts = async () => (await scene.messagesOf(ann)).map(({ text }) => text);
    gone(vic, 404);
    const forged = { ...deletion(vic), id: `${vic.uri}/forged` };
    expect(await scene.post(eve, forged)).toBe("401 actor_not_signer");
    expect(await scene.post(vic, forged)).toBe("202 accepted");
    expect((await person(vic)).state).toBe("deleted");
    for (const days of [0.9, 1.1]) {
      clock = days * DAY_MS;
      gone(vic, days < 1 ? 404 : 503);
      scene.restart();
      await scene.settleDoubts();
      await workOffEndings(scene.home.ctx);
      expect(await texts()).toEqual(["hello", "hello"]);
    }
    clock = 2.2 * DAY_MS;
    vic.publish({ name: "Vic" });
    scene.restart();
    await scene.settleDoubts();
    expect(await person(vic)).toMatchObject({ state: "active", name: "Vic" });
    clock = 9 * DAY_MS;
    gone(vic, 404);
    scene.restart();
    await scene.settleDoubts();
    await workOffEndings(scene.home.ctx);
    expect([(await person(vic)).state, await texts()]).toEqual(["active", ["hello", "hello"]]);
  });

  test.each([404, 410])(
    "is believed of a server that has no such actor a day later either, and says %i",
    async (status) => {
      await forgetKeys();
      gone(vic, 404);
      expect(await scene.post(vic, deletion(vic))).toBe("202 accepted");
      clock = 1.1 * DAY_MS;
      gone(vic, status);
      scene.restart();
      await scene.settleDoubts();
      await workOffEndings(scene.home.ctx);
      const left = (await scene.messagesOf(ann)).map(({ text }) => text);
      expect(new Set(left)).toEqual(new Set(["hello", null]));
    },
  );

  test("is believed at once of a server that says 410, or of the actor, even while it is in doubt", async () => {
    const buried = async () => {
      await workOffEndings(scene.home.ctx);
      return (await scene.messagesOf(ann)).filter(({ text }) => text === null).length;
    };
    await forgetKeys();
    for (const each of [vic, eve]) gone(each, 404);
    expect(await scene.post(vic, deletion(vic))).toBe("202 accepted");
    expect(await scene.post(eve, deletion(eve))).toBe("202 accepted");
    expect(await buried()).toBe(0);
    scene.restart();
    gone(vic, 410);
    expect(await scene.post(vic, deletion(vic))).toBe("202 accepted");
    expect(await buried()).toBe(1);
    scene.restart();
    eve.publish();
    expect(await scene.post(eve, deletion(eve))).toBe("202 accepted");
    expect(await buried()).toBe(2);
  });

  test("waits for the word of a server that is silent just now (IF-25)", async () => {
    await forgetKeys();
    gone(vic, 503);
    expect(await scene.effectOf(vic, deletion(vic))).toBe("503 key_unavailable");
  });

  test("of nobody whom we met is nothing", async () => {
    const stranger = scene.actor(`/users/stranger${count}`);
    gone(stranger);
    expect(await scene.effectOf(stranger, deletion(stranger))).toBe("202 unknown_object");
  });

  test("that writes counts only when its server has it again", async () => {
    await scene.post(vic, deletion(vic));
    gone(vic);
    expect(await scene.effectOf(vic, scene.note(vic, ann))).toBe("202 actor_unavailable");
    vic.publish();
    scene.restart();
    expect(await scene.post(vic, scene.note(vic, ann))).toBe("202 accepted");
    expect((await person(vic)).state).toBe("active");
  });
});

describe("a move", () => {
  test("is shown once the other one says so too; by itself it puts nobody into a conversation (IF-55)", async () => {
    const next = scene.actor(`/users/next${count}`);
    next.publish({ alsoKnownAs: [vic.uri] });
    expect(await scene.post(vic, move(vic, next.uri))).toBe("202 accepted");
    expect((await person(vic)).movedTo).toBe((await person(next)).id);
    expect((await scene.messagesOf(ann)).map(({ audience }) => audience)).toEqual([[ann.id], [ann.id]]);
    // What next then writes is a stranger's.
    expect(await scene.post(next, scene.note(next, ann))).toBe("202 accepted");
    const conversations = (await scene.messagesOf(ann)).map(({ conversationId }) => conversationId);
    expect(new Set(conversations).size).toBe(3);
  });

  test("to somebody who does not say so, or who lives here, is nothing (IF-55)", async () => {
    const path = new URL(eve.uri).pathname;
    expect(await scene.effectOf(vic, move(vic, eve.uri))).toBe(`202 move_not_confirmed ${path}`);
    expect(await scene.effectOf(vic, move(vic, scene.uriOf(ann)))).toBe("202 move_not_confirmed");
    expect(await scene.effectOf(vic, move(vic, vic.uri))).toBe("202 malformed");
    expect(await scene.effectOf(vic, move(vic, "nowhere"))).toBe("202 malformed");
    expect(await scene.effectOf(eve, { ...move(eve, eve.uri), object: vic.uri })).toBe("202 not_attributed");
  });

  test("is not repeated within seven days, nor tried more than once a minute (IF-55)", async () => {
    const [next, other] = [scene.actor(`/users/next${count}`), scene.actor(`/users/other${count}`)];
    expect(await scene.post(vic, move(vic, next.uri))).toBe("202 move_not_confirmed");
    for (const each of [next, other]) each.publish({ alsoKnownAs: vic.uri });
    expect(await scene.effectOf(vic, move(vic, next.uri))).toBe("429 too_soon");
    clock = MINUTE_MS;
    expect(await scene.post(vic, move(vic, next.uri))).toBe("202 accepted");
    for (const again of [next, other])
      expect(await scene.effectOf(vic, move(vic, again.uri))).toBe("202 moved_lately");
    expect((await person(vic)).movedTo).toBe((await person(next)).id);
  });
});
