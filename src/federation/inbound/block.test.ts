import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startConversation } from "#domain/conversations.ts";
import { postMessage } from "#domain/messages/post.ts";
import { findPersonByUri, type PersonRow } from "#domain/people.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { isSevered } from "#domain/relations/severed.ts";
import { InboxScene } from "../../../test/helpers/inbox-scene.ts";
import type { PeerActor } from "../../../test/helpers/peer-actor.ts";

let scene: InboxScene;

beforeAll(async () => void (scene = await InboxScene.start()));
afterAll(async () => await scene.close());

/** Somebody of ours, and somebody of the other server who wrote to them. */
async function meet(name: string): Promise<{ ann: PersonRow; eve: PeerActor; eveId: PersonRow["id"] }> {
  const [ann, eve] = [await scene.newcomer(), scene.actor(`/users/${name}`)];
  expect(await scene.post(eve, scene.note(eve, ann))).toBe("202 accepted");
  return { ann, eve, eveId: (await findPersonByUri(scene.home.ctx, eve.uri))!.id };
}

const severed = (one: PersonRow, otherId: PersonRow["id"]) => isSevered(scene.home.ctx.db, one.id, otherId);
const taken = "202 accepted received_activity relation";
const without = (reason: string) => `202 ${reason}`;

test("a block is noted, and taken back by name or enclosed; the same bytes again are a repetition", async () => {
  const { ann, eve, eveId } = await meet("eve");
  for (const enclosed of [false, true]) {
    const block = scene.activity(eve, "Block", scene.uriOf(ann));
    expect(await scene.effectOf(eve, block)).toBe(taken);
    expect(await severed(ann, eveId)).toBe(true);
    expect(await scene.effectOf(eve, block)).toBe("202 accepted");
    const undo = scene.activity(eve, "Undo", enclosed ? block : block.id);
    expect(await scene.effectOf(eve, undo)).toBe(taken);
    expect(await severed(ann, eveId)).toBe(false);
    // What was taken back does not come again by itself.
    expect(await scene.effectOf(eve, block)).toBe("202 accepted");
    expect(await scene.effectOf(eve, undo)).toBe("202 accepted");
    expect(await severed(ann, eveId)).toBe(false);
  }
});

test("a block counts before or after the end of a follow that came with it", async () => {
  const { ann, eve, eveId } = await meet("gus");
  const follow = scene.activity(eve, "Follow", scene.uriOf(ann));
  const unfollow = () => scene.activity(eve, "Undo", follow);
  const ignored = without("follow_not_offered");
  expect(await scene.effectOf(eve, unfollow())).toBe(ignored);
  expect(await scene.effectOf(eve, scene.activity(eve, "Block", scene.uriOf(ann)))).toBe(taken);
  expect(await scene.effectOf(eve, unfollow())).toBe(ignored);
  expect(await severed(ann, eveId)).toBe(true);
});

describe("a block has no effect when", () => {
  test("it is undone by somebody else, or was never there (IF-27)", async () => {
    const { ann, eve, eveId } = await meet("vic");
    const { eve: mal } = await meet("mal");
    const block = scene.activity(eve, "Block", scene.uriOf(ann));
    await scene.post(eve, block);
    const claimed = { ...block, actor: mal.uri };
    for (const object of [block.id, block, claimed])
      expect(await scene.effectOf(mal, scene.activity(mal, "Undo", object))).toBe("202 accepted");
    const unknown = scene.activity(eve, "Undo", scene.idOf(eve, "blocks"));
    expect(await scene.effectOf(eve, unknown)).toBe("202 accepted");
    expect(await severed(ann, eveId)).toBe(true);
  });

  test("somebody else signed it, or it blocks nobody here (IF-28)", async () => {
    const { ann, eve } = await meet("ned");
    const { eve: mal } = await meet("max");
    const forged = scene.activity(eve, "Block", scene.uriOf(ann));
    expect(await scene.effectOf(mal, forged)).toBe("401 actor_not_signer");
    for (const object of [mal.uri, `${scene.origin}/m/${ann.id}`, `${scene.origin}/users/${ann.id}/inbox`])
      expect(await scene.effectOf(eve, scene.activity(eve, "Block", object))).toBe(without("unknown_object"));
    const cy = await scene.newcomer();
    const block = scene.activity(eve, "Block", scene.uriOf(cy));
    expect(await scene.post(eve, block, ann)).toBe(without("unaddressed"));
  });
});

test("what a blocked person sends looks taken, and changes nothing (IF-39)", async () => {
  const { ann, eve, eveId } = await meet("ike");
  const { ctx } = scene.home;
  const { id: conversationId } = await startConversation(ctx, { personId: ann.id, withId: eveId });
  const { message } = await postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
  const older = scene.note(eve, ann);
  await scene.post(eve, older);
  const strangers = ["one", "two", "three"].map((name) => `https://nobody.invalid/users/${name}`);
  for (const kind of ["open", "silent"] as const) {
    await blockPerson(ctx, { personId: ann.id, otherId: eveId, kind });
    const edited = { ...older.object, content: "<p>insult</p>", updated: new Date().toISOString() };
    const activities = [
      scene.note(eve, ann),
      scene.note(eve, ann, { to: [scene.uriOf(ann), ...strangers] }),
      scene.activity(eve, "Update", edited),
      scene.activity(eve, "Like", `${scene.origin}/m/${message.id}`),
      scene.activity(eve, "Invite", scene.uriOf(ann)),
      scene.activity(eve, "Flag", scene.uriOf(ann)),
    ];
    for (const activity of activities)
      expect([activity.type, await scene.effectOf(eve, activity)]).toEqual([
        activity.type,
        expect.stringMatching(/^202 \w+$/),
      ]);
  }
});
