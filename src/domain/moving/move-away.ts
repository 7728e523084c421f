import { findAliases, findContacts, findGroupsOf, isAlias } from "#db/moving.ts";
import { lockUri } from "#db/inbound.ts";
import { findActiveLocalById, findPeopleByIds, findPersonById, setMoved } from "#db/people.ts";
import { findRelations } from "#db/relations.ts";
import { findRoom } from "#db/rooms.ts";
import type { Transaction } from "#db/connect.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import { lockCircle, tellCircle } from "../circle.ts";
import type { Context } from "../context.ts";
import { tellKnowing } from "../outgoing/tell-knowing.ts";
import type { PersonRow } from "../people.ts";
import { checkTalks } from "../server-rules.ts";
import { snapshot } from "../snapshot.ts";
import { transact } from "../transact.ts";
import { orderCarry } from "./carry.ts";
import { copyChoices } from "./choices.ts";
import { expectIn } from "./take-in.ts";

/** Whoever moved away from here does so again after this time at the earliest. */
const AWAY_PAUSE_MS = 30 * 24 * 3600 * 1000;

export interface MoveAway {
  personId: PersonId;
  /** Looked at just now: it says that it is the same person, or it lives here. */
  toId: PersonId;
  address?: string | undefined;
}

/** Whom somebody is elsewhere, where they have moved to, and when they may move again. */
export interface Moving {
  aliases: PersonRow[];
  movedTo: PersonRow | null;
  /** Null for now. */
  nextAt: Date | null;
}

/** Loads what somebody may do about moving. */
export async function readMoving(ctx: Context, personId: PersonId): Promise<Moving> {
  return await snapshot(ctx, async (tx) => {
    const person = await findPersonById(tx, personId);
    if (person === null) throw new Refusal("not_found");
    const [aliases, successor] = await Promise.all([
      findAliases(tx, personId),
      person.movedTo === null ? null : findPersonById(tx, person.movedTo),
    ]);
    return { aliases, movedTo: successor, nextAt: pausedUntil(ctx, person) };
  });
}

function pausedUntil(ctx: Context, { movedAt }: PersonRow): Date | null {
  const until = movedAt === null ? null : new Date(movedAt.getTime() + AWAY_PAUSE_MS);
  return until !== null && until > ctx.now() ? until : null;
}

/**
 * Goes on as another account, which agrees: everybody who knows them is told, what was chosen about them holds for it
 * too, and what the two may carry over follows in a job. Refuses `moved_lately` within 30 days, `move_not_agreed` an
 * account that does not say so, and `target_moved` one that is left itself.
 */
export async function moveAway(ctx: Context, { personId, toId, address }: MoveAway): Promise<void> {
  if (personId === toId) throw new Refusal("yourself", { field: "address" });
  await transact(ctx, async (tx) => {
    await lockUri(tx, personId);
    const [from, to] = await Promise.all([findActiveLocalById(tx, personId), findPersonById(tx, toId)]);
    if (from === null) throw new Refusal("not_found");
    if (pausedUntil(ctx, from) !== null) throw new Refusal("moved_lately");
    await checkTarget(ctx, tx, { from, to });
    const succession = { fromId: personId, toId };
    const circle = await lockCircle(tx, personId);
    await tellKnowing(ctx, tx, { personId, activity: { type: "Move", otherId: toId } });
    await copyChoices(tx, succession);
    if (to?.host === null) {
      const groups = await findGroupsOf(tx, personId, { kept: false });
      const elsewhere = groups.flatMap(({ uri, keeperId }) => (uri === null ? [] : [{ uri, keeperId }]));
      await expectIn(ctx, tx, { personId: toId, groups: elsewhere });
    }
    await setMoved(tx, personId, { movedTo: toId, movedAt: ctx.now() });
    await tellCircle(tx, circle);
    await orderCarry(tx, succession);
    await audit(ctx, tx, {
      action: "account.moved",
      actorId: personId,
      personId,
      details: { toId },
      address,
    });
  });
}

async function checkTarget(
  ctx: Context,
  tx: Transaction,
  { from, to }: { from: PersonRow; to: PersonRow | null },
): Promise<void> {
  if (to === null || to.state !== "active" || to.kind === "application")
    throw new Refusal("address_unknown", { field: "address" });
  if (to.movedTo !== null) throw new Refusal("target_moved", { field: "address" });
  if (to.host !== null) return await checkTalks(ctx, to.host, tx);
  if (!(await isAlias(tx, { personId: to.id, otherId: from.id })))
    throw new Refusal("move_not_agreed", { field: "address" });
}

/** Is oneself again: what went over to the other account stays there. Refuses `not_found` whoever has not moved. */
export async function takeBackMove(
  ctx: Context,
  { personId, address }: { personId: PersonId; address?: string | undefined },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockUri(tx, personId);
    const person = await findActiveLocalById(tx, personId);
    if (person === null || person.movedTo === null) throw new Refusal("not_found");
    const circle = await lockCircle(tx, personId);
    await tellKnowing(ctx, tx, { personId, activity: { type: "UpdatePerson" } });
    await setMoved(tx, personId, { movedTo: null });
    await tellCircle(tx, circle);
    await audit(ctx, tx, { action: "account.returned", actorId: personId, personId, details: {}, address });
  });
}

/** What somebody leaves to the account that they have become, for its server alone. */
export interface Left {
  person: PersonRow;
  successor: PersonRow;
  contacts: PersonRow[];
  blocked: PersonRow[];
  groups: NonNullable<Awaited<ReturnType<typeof findRoom>>>[];
}

/** Most contacts, and most blocks, that are taken along. */
export const BELONGINGS = 2_000;
/** Most groups that are. */
export const GROUPS = 200;

/** Loads what somebody of this server leaves; refuses `not_found` for whoever has not moved. */
export async function readLeft(ctx: Context, personId: PersonId): Promise<Left> {
  const person = await findActiveLocalById(ctx.db, personId);
  const successor = person?.movedTo == null ? null : await findPersonById(ctx.db, person.movedTo);
  if (person === null || successor === null) throw new Refusal("not_found");
  const [contactIds, relations, groups] = await Promise.all([
    findContacts(ctx.db, personId),
    findRelations(ctx.db, personId),
    findGroupsOf(ctx.db, personId, { kept: false }),
  ]);
  const blockedIds = relations.filter(({ block }) => block !== null).map(({ otherId }) => otherId);
  const [contacts, blocked, rooms] = await Promise.all([
    findPeopleByIds(ctx.db, contactIds.slice(0, BELONGINGS)),
    findPeopleByIds(ctx.db, blockedIds.slice(0, BELONGINGS)),
    Promise.all(groups.slice(0, GROUPS).map(({ id }) => findRoom(ctx.db, id))),
  ]);
  return { person, successor, contacts, blocked, groups: rooms.filter((room) => room !== null) };
}
