import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addAlias } from "#domain/moving/aliases.ts";
import { carryOver } from "#domain/moving/carry.ts";
import { findPersonByUri, type PersonRow } from "#domain/people.ts";
import { listConversations } from "#domain/read.ts";
import { readOwn } from "#domain/relations/read.ts";
import { InboxScene } from "../../../test/helpers/inbox-scene.ts";
import type { PeerActor } from "../../../test/helpers/peer-actor.ts";

// Somebody of another server says that they are somebody of ours from now on.

let scene: InboxScene;
let ann: PersonRow;
let vic: PeerActor;
let eve: PeerActor;
let count = 0;

beforeAll(async () => void (scene = await InboxScene.start()));
afterAll(async () => await scene.close());

beforeEach(async () => {
  scene.restart();
  count += 1;
  ann = await scene.newcomer();
  vic = scene.actor(`/users/vic${count}`);
  eve = scene.actor(`/users/eve${count}`);
  for (const each of [vic, eve]) expect(await scene.post(each, scene.note(each, ann))).toBe("202 accepted");
});

const person = async (actor: PeerActor) => (await findPersonByUri(scene.home.ctx, actor.uri))!;
const move = (actor: PeerActor, target: string) => ({ ...scene.activity(actor, "Move", actor.uri), target });
const agree = async (actor: PeerActor) =>
  await addAlias(scene.home.ctx, { personId: ann.id, otherId: (await person(actor)).id });

test("a move to somebody of ours counts once they have named that account themselves (IF-55)", async () => {
  expect(await scene.effectOf(vic, move(vic, scene.uriOf(ann)))).toBe("202 move_not_confirmed");
  await agree(vic);
  expect(await scene.effectOf(eve, move(eve, scene.uriOf(ann)))).toBe("202 move_not_confirmed");
  expect(await scene.effectOf(eve, { ...move(vic, scene.uriOf(ann)), actor: eve.uri })).toBe(
    "202 not_attributed",
  );
  expect(await scene.post(vic, move(vic, scene.uriOf(ann)))).toBe("202 accepted");
  expect((await person(vic)).movedTo).toBe(ann.id);
});

test("a move to somebody who has moved on is nothing, so that there is no chain and no loop (IF-55)", async () => {
  eve.publish({ alsoKnownAs: [vic.uri], movedTo: vic.uri });
  expect(await scene.effectOf(vic, move(vic, eve.uri))).toContain("202 move_not_confirmed");
  expect((await person(vic)).movedTo).toBeNull();
});

test("what names nobody of ours who is there is left out, and people of ours are nobody's to bring (IF-55)", async () => {
  const stranger = await scene.newcomer();
  await agree(vic);
  const nobody = scene.uriOf(ann).replace(ann.id, crypto.randomUUID());
  const path = `/users/left-of-nobody${count}`;
  const id = scene.peer.url(path);
  const left = { id, type: "Collection", attributedTo: vic.uri, audience: scene.uriOf(ann) };
  const keeper = { id: `${nobody}/room`, attributedTo: nobody };
  scene.peer.answer(path, (_request, response) => {
    response.writeHead(200, { "content-type": "application/activity+json" });
    const items = [scene.uriOf(stranger), nobody];
    response.end(
      JSON.stringify({ ...left, items, chatBlocked: [nobody, scene.uriOf(stranger)], chatGroups: [keeper] }),
    );
  });
  vic.publish({ movedTo: scene.uriOf(ann), chatLeft: id });
  expect(await scene.post(vic, move(vic, scene.uriOf(ann)))).toBe("202 accepted");
  expect((await readOwn(scene.home.ctx, ann.id)).relations).toMatchObject([
    { otherId: stranger.id, block: "silent" },
  ]);
  await carryOver(scene.home.ctx, {
    ...{ fromId: (await person(vic)).id, toId: ann.id },
    contactIds: [stranger.id],
  });
  for (const state of ["accepted", "request"] as const) {
    const { views } = await listConversations(scene.home.ctx, {
      ...{ personId: stranger.id, state, before: null, limit: 5 },
    });
    expect(views).toEqual([]);
  }
});

test("what somebody leaves is taken along, as their own server says it of them and of nobody else", async () => {
  await agree(vic);
  await agree(eve);
  const leave = (actor: PeerActor, attributedTo: string) => {
    const path = `/users/left-of-${actor === vic ? "vic" : "eve"}${count}`;
    const id = scene.peer.url(path);
    const left = { id, type: "Collection", attributedTo, audience: scene.uriOf(ann), items: [] };
    scene.peer.answer(path, (_request, response) => {
      response.writeHead(200, { "content-type": "application/activity+json" });
      response.end(JSON.stringify({ ...left, chatBlocked: [eve.uri] }));
    });
    actor.publish({ movedTo: scene.uriOf(ann), chatLeft: id });
  };
  leave(eve, vic.uri);
  expect(await scene.post(eve, move(eve, scene.uriOf(ann)))).toBe("202 not_attributed");
  expect((await readOwn(scene.home.ctx, ann.id)).relations).toEqual([]);
  leave(vic, vic.uri);
  expect(await scene.post(vic, move(vic, scene.uriOf(ann)))).toBe("202 accepted");
  expect((await readOwn(scene.home.ctx, ann.id)).relations).toMatchObject([
    { otherId: (await person(eve)).id, block: "silent" },
  ]);
});
