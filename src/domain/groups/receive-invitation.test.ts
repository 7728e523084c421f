import { expect, test } from "vitest";
import { blockPerson } from "#domain/relations/change.ts";
import { readOwn } from "#domain/relations/read.ts";
import { presentInvitation } from "#present/invitations.ts";
import { stateHash } from "../../../test/helpers/state-hash.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { Context } from "../context.ts";
import { requestLimits } from "../requests/limits.ts";
import { answerInvitation } from "./answer-invitation.ts";
import { receiveInvitation, receiveRevocation } from "./receive-invitation.ts";

/** A world in which a group of d.example asks for bo. */
async function scene() {
  const world = await createWorld();
  const [bo, dora] = [await world.local("bo"), await world.remote("dora", "d.example")];
  const keeper = await world.remote("keeper", "d.example");
  const room = { uri: "https://d.example/r/1", title: "Sea" };
  const usual = { uri: "https://d.example/i/1", keeper, inviter: dora, personId: bo.id, room };
  const receive = (other: Partial<typeof usual> = {}, ctx: Context = world.ctx) =>
    receiveInvitation(ctx, { ...usual, ...other });
  const seen = async () =>
    (await readOwn(world.ctx, bo.id)).invitations.map((shown) =>
      presentInvitation(world.ctx.settings, shown),
    );
  return { world, ctx: world.ctx, bo, dora, keeper, room, receive, seen };
}

async function refused(world: World, deed: () => Promise<unknown>, code: string): Promise<void> {
  const before = await stateHash(world.url);
  await expect(deed()).rejects.toMatchObject({ code });
  expect(await stateHash(world.url)).toBe(before);
}

test("an invitation of another server is shown, answered to the server that keeps the group, and changes nothing here yet", async () => {
  const { world, ctx, bo, keeper, receive, seen } = await scene();
  await receive();
  const before = await stateHash(world.url);
  await receive();
  expect(await stateHash(world.url)).toBe(before);
  const [invitation] = await seen();
  expect(invitation).toMatchObject({
    conversationId: null,
    title: "Sea",
    host: "d.example",
    state: "pending",
  });
  expect(invitation?.inviter.handle).toBe("dora");
  const accept = {
    personId: bo.id,
    invitation: { id: invitation!.id as never },
    answer: "accepted",
  } as const;
  expect(await answerInvitation(ctx, accept)).toEqual({ conversationId: null, state: "asked" });
  expect(await answerInvitation(ctx, accept)).toEqual({ conversationId: null, state: "asked" });
  const sent = await world.connection.sql`
    select a.type, a.actor_id, a.detail, d.recipient_id from activity a join delivery d on d.activity_id = a.id`;
  expect([...sent]).toEqual([
    { type: "Accept", actor_id: bo.id, detail: { object: "https://d.example/i/1" }, recipient_id: keeper.id },
  ]);
  expect(await seen()).toEqual([]);
});

test("a newer invitation into the same group takes the place of the older one", async () => {
  const { receive, seen } = await scene();
  await receive();
  await receive({ uri: "https://d.example/i/2" });
  expect(await seen()).toHaveLength(1);
});

test("only the server that keeps the group takes its invitation back", async () => {
  const { world, ctx, dora, keeper, receive, seen } = await scene();
  await receive();
  const uri = "https://d.example/i/1";
  await refused(world, () => receiveRevocation(ctx, { uri, keeperId: dora.id }), "not_found");
  await receiveRevocation(ctx, { uri, keeperId: keeper.id });
  await receiveRevocation(ctx, { uri, keeperId: keeper.id });
  expect(await seen()).toEqual([]);
});

test("what somebody blocks, has rejected, or is not there for, is not noted", async () => {
  const { world, ctx, bo, dora, keeper, receive, seen } = await scene();
  await receive();
  const [invitation] = await seen();
  const id = invitation!.id as never;
  await answerInvitation(ctx, { personId: bo.id, invitation: { id }, answer: "rejected" });
  await refused(world, () => receive({ uri: "https://d.example/i/2" }), "invitation_rejected");
  await refused(world, () => receive({ uri: "https://d.example/i/3", personId: dora.id }), "not_local");
  await world.between(bo, keeper);
  await blockPerson(ctx, { personId: bo.id, otherId: keeper.id, kind: "silent" });
  const room = { uri: "https://d.example/r/2", title: "Lake" };
  await refused(world, () => receive({ uri: "https://d.example/i/4", room }), "blocked");
});

test("a server cannot flood somebody with invitations, in the name of whomever it says (IF-59)", async () => {
  const { world, ctx, bo, receive, seen } = await scene();
  const strict = { ...ctx, settings: { ...ctx.settings, requests: requestLimits } };
  const friend = await world.local("friend");
  const between = await world.between(friend, bo);
  await world.say(bo, between, "hello");
  const ask = (at: number, other: object) =>
    receive(
      {
        uri: `https://d.example/i/${at}`,
        room: { uri: `https://d.example/r/${at}`, title: `${at}` },
        ...other,
      },
      strict,
    );
  for (let at = 1; at <= 5; at += 1) await ask(at, {});
  await refused(world, () => ask(6, {}), "requests_full");
  // It does not speak for people of other servers: whom bo knows is of no use to it.
  for (let at = 7; at <= 11; at += 1) await ask(at, { inviter: friend });
  await refused(world, () => ask(12, { inviter: friend }), "requests_full");
  expect(await seen()).toHaveLength(10);
});
