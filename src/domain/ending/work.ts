import { forgetIdentity } from "#db/audit.ts";
import {
  claimDeparture,
  deleteDeparture,
  deleteDueAccount,
  deleteKeys,
  findDueEndings,
  findIdleKeys,
  hideReadMarks,
  holdHandles,
  insertDeparture,
  renewDeparture,
} from "#db/endings.ts";
import { deleteJobsOf } from "#db/jobs.ts";
import { buryPerson, findPersonById, forgetMoves } from "#db/people.ts";
import { clearPlaces, findGroupsOf, findPlacesOf, forgetOwn, shutWays } from "#db/traces.ts";
import type { PersonId } from "#lib/ids.ts";
import { audit } from "../audit.ts";
import { lockCircle, tellCircle } from "../circle.ts";
import type { Context } from "../context.ts";
import { departFrom } from "../groups/depart.ts";
import { endInvitations, retellInvitations } from "../groups/invitations.ts";
import { forgetBearers } from "../known-bearers.ts";
import { tellKnowing } from "../outgoing/tell-knowing.ts";
import { endSessions } from "../tokens.ts";
import { record, transact } from "../transact.ts";
import { takeTraces } from "./traces.ts";

/** Accounts of one round. */
const ACCOUNTS = 10;
/** Whoever does not say for so long that they are still at it is taken for dead (milliseconds). */
const LEASE_MS = 60_000;

/**
 * Ends the accounts whose time has come, takes away what those who are gone have left (of other servers, too), and destroys keys
 * that have nothing more to sign. It may die at any moment, and another goes on.
 */
export async function workOffEndings(ctx: Context): Promise<void> {
  for (const personId of await findDueEndings(ctx.db, ctx.now(), ACCOUNTS)) await close(ctx, personId);
  const until = () => new Date(ctx.now().getTime() + LEASE_MS);
  for (;;) {
    const personId = await claimDeparture(ctx.db, { now: ctx.now(), leaseUntil: until() });
    if (personId === null) break;
    await takeAway(ctx, personId, () => renewDeparture(ctx.db, personId, until()));
  }
  await destroyKeys(ctx);
}

/** Of those who are gone and of whom every server knows it that could be told, every process forgets the keys. */
async function destroyKeys(ctx: Context): Promise<void> {
  const idle = await findIdleKeys(ctx.db);
  if (idle.length === 0) return;
  await transact(ctx, async (tx) => {
    await deleteKeys(tx, idle);
    for (const personId of idle) record(tx, "keys.destroyed", { personId });
  });
}

/** In one moment somebody is nobody any more: here, and for every server that is told. What they leave is taken away after. */
async function close(ctx: Context, personId: PersonId): Promise<void> {
  const now = ctx.now();
  await transact(ctx, async (tx) => {
    const circle = await lockCircle(tx, personId);
    await tellKnowing(ctx, tx, { personId, activity: { type: "DeletePerson" } });
    const before = await findPersonById(tx, personId);
    await buryPerson(tx, personId);
    await forgetMoves(tx, personId);
    await deleteJobsOf(tx, personId);
    // Locked by then: whoever keeps the account has done so before, or finds nobody.
    if (!(await deleteDueAccount(tx, personId, now)))
      throw new Error(`account ${personId} was kept meanwhile`);
    await holdHandles(tx, { personId, handle: before!.handle, now });
    await endSessions(ctx, tx, { personId });
    await hideReadMarks(tx, personId);
    await insertDeparture(tx, { personId, goneAt: now });
    await tellCircle(tx, circle);
    await retellInvitations(ctx, tx, { inviterId: personId });
    await audit(ctx, tx, { action: "account.ended", actorId: null, personId, details: {} });
  });
  forgetBearers(ctx);
}

/** Every step finds by itself what is left to do. */
async function takeAway(ctx: Context, personId: PersonId, renew: () => Promise<void>): Promise<void> {
  const person = await findPersonById(ctx.db, personId);
  // Somebody of another server may be back meanwhile: what they say from now on is theirs.
  if (person?.state === "deleted") {
    const isOurs = person.host === null;
    for (const conversationId of await findGroupsOf(ctx.db, personId)) {
      await departFrom(ctx, { personId, isOurs, conversationId });
      await renew();
    }
    for (const conversationId of await findPlacesOf(ctx.db, personId)) {
      await takeTraces(ctx, { personId, conversationId });
      await renew();
    }
    await forgetOwn(ctx.db, personId);
    await ctx.failpoint("in-job");
    await transact(ctx, async (tx) => {
      await endInvitations(ctx, tx, { people: [personId], state: "rejected" });
      await endInvitations(ctx, tx, { inviterId: personId, is: "pending", state: "revoked" });
      await shutWays(tx, personId, ctx.now());
      await clearPlaces(tx, personId);
      await forgetIdentity(tx, personId);
    });
  }
  await deleteDeparture(ctx.db, personId);
}
