import { findAccountRole } from "#db/accounts.ts";
import { isUniqueViolation, type Transaction } from "#db/connect.ts";
import { findHeldHandles, findHolder, holdHandle, releaseHandle } from "#db/handles.ts";
import { findInvitedBy } from "#db/invitations.ts";
import {
  findActiveLocalById,
  lockPeople,
  setHandle,
  setProfileNumber,
  takeNumber,
  type PersonRow,
} from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "./audit.ts";
import { lockCircle, tellCircle } from "./circle.ts";
import type { Context } from "./context.ts";
import { retellInvitations } from "./groups/invitations.ts";
import { checkHandle } from "./handles.ts";
import { tellKnowing } from "./outgoing/tell-knowing.ts";
import { record, transact } from "./transact.ts";

const DAY_MS = 24 * 3600 * 1000;

/** What somebody is called here, and what still leads to them. */
export interface HandleState {
  handle: string;
  /** Former handles, each until when it is kept for them. */
  held: { handle: string; until: Date }[];
  /** When they may take a new one; null for now. */
  changeableAt: Date | null;
  /** For how many days a handle is kept that they give up now. */
  graceDays: number;
}

export interface Rename {
  personId: PersonId;
  handle: string;
  /** Who does it; null for the command line, which has no need to wait. */
  by: PersonId | null;
  /** The client's address. */
  address?: string | undefined;
}

/** Loads what somebody is called, and when they may change it. */
export async function readHandle(ctx: Context, personId: PersonId): Promise<HandleState> {
  const now = ctx.now();
  const [person, held] = await Promise.all([
    findActiveLocalById(ctx.db, personId),
    findHeldHandles(ctx.db, personId, now),
  ]);
  if (person === null) throw new Refusal("not_found");
  const { graceDays } = ctx.settings.handles;
  return { handle: person.handle, held, changeableAt: changeableAt(ctx, person), graceDays };
}

/**
 * Gives somebody another handle. Their actor stays who it is; the handle that they give up is held for them, and leads to
 * them, for a while. Whoever sees them hears of it, and every server that knows them. Refuses `handle_invalid`,
 * `handle_reserved`, `handle_taken`, and `renamed_lately` to whoever changes it too often, unless they go back to one
 * that is held for them.
 */
export async function renamePerson(ctx: Context, input: Rename): Promise<void> {
  const { personId } = input;
  const role = await findAccountRole(ctx.db, personId);
  if (role === null) throw new Refusal("not_found");
  const handle = await checkHandle(ctx, { handle: input.handle, role, personId });
  const known = await findActiveLocalById(ctx.db, personId);
  if (known === null) throw new Refusal("not_found");
  if (known.handle === handle) return;
  try {
    await transact(ctx, (tx) => rename(ctx, tx, { ...input, handle }));
  } catch (error) {
    throw isUniqueViolation(error) ? new Refusal("handle_taken", { field: "handle" }) : error;
  }
}

async function rename(ctx: Context, tx: Transaction, { personId, handle, by, address }: Rename) {
  const circle = await lockCircle(tx, personId);
  await tellKnowing(ctx, tx, { personId, activity: { type: "UpdatePerson" } });
  await lockPeople(tx, [personId, ...(await findInvitedBy(tx, personId))]);
  const person = await findActiveLocalById(tx, personId);
  if (person === null) throw new Refusal("not_found");
  const before = person.handle.toLowerCase();
  const isBack = (await findHolder(tx, handle)) === personId;
  const waits = by !== null && !isBack && before !== handle;
  if (waits && changeableAt(ctx, person) !== null) throw new Refusal("renamed_lately", { field: "handle" });
  await takeHandle(ctx, tx, { person, handle });
  const number = await takeNumber(tx, personId);
  await setProfileNumber(tx, personId, number);
  record(tx, "profile.changed", { personId, number });
  await tellCircle(tx, circle);
  await retellInvitations(ctx, tx, { inviterId: personId });
  const details = { before: person.handle, handle };
  await audit(ctx, tx, { action: "handle.changed", actorId: by, personId, details, address });
}

/** The one place where a handle changes hands: what is given up is held before anybody else can see that it is free. */
async function takeHandle(
  ctx: Context,
  tx: Transaction,
  { person, handle }: { person: PersonRow; handle: string },
): Promise<void> {
  const { id: personId, formerHandle, renamedAt } = person;
  const before = person.handle.toLowerCase();
  const now = ctx.now();
  const former = before === handle ? { formerHandle, renamedAt } : { formerHandle: before, renamedAt: now };
  await setHandle(tx, personId, { handle, ...former });
  // Asked after the change, which waits for a rename that is giving the handle up just now.
  const holder = await findHolder(tx, handle);
  if (holder !== null && holder !== personId) throw new Refusal("handle_taken", { field: "handle" });
  await releaseHandle(tx, { handle, personId });
  if (before === handle) return;
  const until = new Date(now.getTime() + ctx.settings.handles.graceDays * DAY_MS);
  await holdHandle(tx, { handle: before, personId, until, createdAt: now });
}

function changeableAt({ settings, now }: Context, { renamedAt }: PersonRow): Date | null {
  if (renamedAt === null) return null;
  const at = new Date(renamedAt.getTime() + settings.handles.renameDays * DAY_MS);
  return at > now() ? at : null;
}
