import fc from "fast-check";
import { expect, test } from "vitest";
import { answerInvitation } from "#domain/groups/answer-invitation.ts";
import { applyDecisions } from "#domain/groups/apply.ts";
import { createGroup } from "#domain/groups/create.ts";
import { invitePerson } from "#domain/groups/invite.ts";
import { revokeInvitation } from "#domain/groups/invited.ts";
import { receiveInvitation } from "#domain/groups/receive-invitation.ts";
import { answerJoinRequest, joinByLink } from "#domain/groups/join.ts";
import { createLink } from "#domain/groups/links.ts";
import { saveRemotePerson } from "#domain/people.ts";
import { blockPerson, unblockPerson } from "#domain/relations/change.ts";
import { readOwn } from "#domain/relations/read.ts";
import { transact } from "#domain/transact.ts";
import { lockConversations } from "#db/conversations.ts";
import type { InvitationId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { fetchState, openSession } from "../../test/helpers/law-session.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";

const deeds = [
  "invite",
  "invite from elsewhere",
  "ask",
  "accept",
  "reject",
  "revoke",
  "approve",
  "turn down",
  "block",
  "unblock",
  "rename the group",
  "rename the inviter",
  "remove the inviter",
] as const;

/** Two who invite into a group each, one of another server, and bo, who is invited. */
async function openScene(world: World, round: number) {
  const { ctx } = world;
  const [ann, bo] = [await world.local(`ann${round}`), await world.local(`bo${round}`)];
  const dora = await world.remote(`dora${round}`, "d.example");
  const keeper = await world.remote(`keeper${round}`, "d.example");
  await world.between(bo, ann);
  const conversationId = await createGroup(ctx, { personId: ann.id, title: "Trip" });
  const into = { personId: ann.id, conversationId };
  const { code } = await createLink(ctx, { ...into, uses: null, expiresAt: null, approval: true });
  const pair = { personId: bo.id, otherId: ann.id };
  const newest = async (): Promise<InvitationId> => {
    const { invitations } = await readOwn(ctx, bo.id);
    const last = invitations.at(-1);
    if (last === undefined) throw new Refusal("not_found");
    return last.invitation.id;
  };
  const answer = async (answer: "accepted" | "rejected") =>
    await answerInvitation(ctx, { personId: bo.id, invitation: { id: await newest() }, answer });
  const decide = (decision: Parameters<typeof applyDecisions>[2]["decisions"][number]) =>
    transact(ctx, async (tx) => {
      const [conversation] = await lockConversations(tx, [conversationId]);
      await applyDecisions(ctx, tx, { conversation: conversation!, decisions: [decision] });
    });
  const happen: Record<(typeof deeds)[number], (at: number) => Promise<unknown>> = {
    invite: () => invitePerson(ctx, { ...into, inviteeId: bo.id }),
    "invite from elsewhere": (at) => {
      const room = { uri: `https://d.example/r/${at % 2}`, title: `Elsewhere ${at}` };
      const uri = `https://d.example/invites/${round}/${at}`;
      return receiveInvitation(ctx, { uri, keeper, inviter: dora, personId: bo.id, room });
    },
    ask: () => joinByLink(ctx, { personId: bo.id, code }),
    accept: () => answer("accepted"),
    reject: () => answer("rejected"),
    revoke: async () => revokeInvitation(ctx, { personId: ann.id, invitationId: await newest() }),
    approve: () => answerJoinRequest(ctx, { ...into, askerId: bo.id, answer: "approved" }),
    "turn down": () => answerJoinRequest(ctx, { ...into, askerId: bo.id, answer: "rejected" }),
    block: () => blockPerson(ctx, { ...pair, kind: "silent" }),
    unblock: () => unblockPerson(ctx, pair),
    "rename the group": (at) => decide({ type: "facts", by: ann.id, facts: { title: `Trip ${at}` } }),
    "rename the inviter": (at) => {
      const { handle, kind, inbox, profileUrl } = dora;
      const known = { handle, kind, inbox, profileUrl, uri: dora.uri!, host: dora.host! };
      return saveRemotePerson(ctx, { ...known, name: `Dora ${at}` });
    },
    "remove the inviter": () => decide({ type: "remove", personId: ann.id, by: bo.id, ban: false }),
  };
  return { bo, happen };
}

test("what a client knows of invitations by the frames equals what it fetches, whatever happens to them", async () => {
  const world = await createWorld();
  let round = 0;
  const script = fc.array(fc.tuple(fc.constantFrom(...deeds), fc.nat(99)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const { bo, happen } = await openScene(world, (round += 1));
      const session = await openSession(world, bo);
      for (const [deed, at] of steps) {
        world.pass(1_000);
        await happen[deed](at).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        });
      }
      await session.settled();
      const [seen, fetched] = [session.state(), await fetchState(world, bo.id)];
      expect(seen.invitations).toEqual(fetched.invitations);
      expect(seen.number).toBe(fetched.number);
    }),
    { numRuns: 40 },
  );
}, 240_000);
