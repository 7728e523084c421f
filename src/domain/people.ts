import { lockUri } from "#db/inbound.ts";
import type { Transaction } from "#db/connect.ts";
import { deleteDoubt, hideReadMarks, insertDeparture, takeDueDoubt } from "#db/endings.ts";
import {
  buryPerson,
  findActiveLocalByHandle,
  findActiveLocalByHeldHandle,
  findActiveLocalById,
  findInstanceActor,
  findPeopleByIds,
  findRemoteByFormerHandle,
  findPersonById,
  findRemotePeopleByUris,
  findRemotePersonByUri,
  forgetMoves,
  insertLocalPerson,
  insertRemotePeople,
  setMoved,
  upsertRemotePerson,
  type KnownPerson,
  type PersonRow,
} from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { lockCircle, tellCircle } from "./circle.ts";
import type { Context } from "./context.ts";
import { retellInvitations } from "./groups/invitations.ts";
import { makeKeyPairs, saveKeyPairs } from "./keys.ts";
import { transact } from "./transact.ts";

export type { KnownPerson, PersonRow };

const DAY_MS = 24 * 3600 * 1000;

export interface SaveRemotePerson {
  uri: string;
  kind: PersonRow["kind"];
  handle: string;
  host: string;
  name: string;
  profileUrl: string | null;
  inbox: string | null;
  /** Where their server takes what concerns everybody there. */
  sharedInbox?: string | null;
  /** Where a server of our own kind takes signals. */
  signals?: string | null;
  /** Set when they say of themselves that they have become nobody else. */
  stays?: boolean;
}

/**
 * Notes what another server says of one of its actors; a known actor keeps its id, and the handle that they had before is
 * remembered. Whoever shares a conversation with them hears of what they can see.
 */
export async function saveRemotePerson(
  ctx: Context,
  { stays = false, ...input }: SaveRemotePerson,
): Promise<PersonRow> {
  const now = ctx.now();
  return await transact(ctx, async (tx) => {
    await lockUri(tx, input.uri);
    const known = await findRemotePersonByUri(tx, input.uri);
    const isBack = stays && known !== null && known.movedTo !== null;
    const isOther = known !== null && (isBack || looksOther(known, input));
    const circle = isOther ? await lockCircle(tx, known.id) : [];
    const { formerHandle, renamedAt } = renamed(known, input, now);
    const row = { id: newId<"person">(), createdAt: now, fetchedAt: now, formerHandle, renamedAt, ...input };
    const saved = await upsertRemotePerson(tx, row);
    if (known?.state === "deleted") await deleteDoubt(tx, known.id);
    if (isBack) await setMoved(tx, known.id, { movedTo: null });
    await tellCircle(tx, circle);
    if (isOther) await retellInvitations(ctx, tx, { inviterId: known.id });
    return saved;
  });
}

/** An actor of whom nothing is known but the address, because their server is silent. */
export type StandIn = Pick<SaveRemotePerson, "uri" | "handle" | "host">;

/**
 * Notes, in the transaction of what they take part in, those of whom nothing is known but the address; whoever is known
 * stays as they are. `fetchedAt` is null until the actor is found.
 */
export async function saveStandIns(
  ctx: Context,
  tx: Transaction,
  standIns: readonly StandIn[],
): Promise<PersonRow[]> {
  const createdAt = ctx.now();
  return await insertRemotePeople(
    tx,
    standIns.map((standIn) => ({ id: newId<"person">(), createdAt, ...standIn })),
  );
}

/** Notes those of whom nothing is known but the address; whoever is known stays as they are. */
export async function noteStandIns(ctx: Context, standIns: readonly StandIn[]): Promise<PersonRow[]> {
  return await transact(ctx, (tx) => saveStandIns(ctx, tx, standIns));
}

/**
 * Notes that an actor of another server is no more. What they left is taken away soon after (`workOffEndings`); while it is
 * in doubt that they are gone, only once it is said again (`takeDoubt`), and they are as they were should they be back.
 */
export async function deleteRemotePerson(
  ctx: Context,
  { uri, isDoubtful = false }: { uri: string; isDoubtful?: boolean },
): Promise<void> {
  const now = ctx.now();
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const known = await findRemotePersonByUri(tx, uri);
    if (known === null) throw new Refusal("not_found");
    if (known.state === "deleted" && (isDoubtful || !(await deleteDoubt(tx, known.id)))) return;
    const circle = await lockCircle(tx, known.id);
    await buryPerson(tx, known.id);
    if (!isDoubtful) await forgetMoves(tx, known.id);
    await hideReadMarks(tx, known.id);
    const askAt = isDoubtful ? new Date(now.getTime() + DAY_MS) : null;
    await insertDeparture(tx, { personId: known.id, goneAt: now, askAt });
    await tellCircle(tx, circle);
    await retellInvitations(ctx, tx, { inviterId: known.id });
  });
}

/** An actor of whom it is time to ask whether they are gone; if that stays in doubt, it is asked again in a day. */
export async function takeDoubt(ctx: Context): Promise<string | null> {
  const now = ctx.now();
  return await takeDueDoubt(ctx.db, { now, askAt: new Date(now.getTime() + DAY_MS) });
}

/** The handle that somebody had before; a name that was only guessed is none. */
function renamed(known: PersonRow | null, { handle }: SaveRemotePerson, now: Date) {
  if (known === null) return { formerHandle: null, renamedAt: null };
  const isRenamed = known.fetchedAt !== null && known.handle.toLowerCase() !== handle.toLowerCase();
  return isRenamed ? { formerHandle: known.handle, renamedAt: now } : known;
}

/** Whether somebody is now seen otherwise than before. */
function looksOther(known: PersonRow, input: SaveRemotePerson): boolean {
  const shown = ["handle", "host", "kind", "name", "profileUrl"] as const;
  return known.state === "deleted" || shown.some((property) => known[property] !== input[property]);
}

/** Those of some actors of other servers that we have met. */
export async function findPeopleByUris(ctx: Context, uris: readonly string[]): Promise<PersonRow[]> {
  return await findRemotePeopleByUris(ctx.db, uris);
}

/** Those of some people of this server who are known here. */
export async function findOurs(ctx: Context, ids: readonly PersonId[]): Promise<PersonRow[]> {
  return (await findPeopleByIds(ctx.db, ids)).filter(({ host }) => host === null);
}

/** An actor of another server that we have met. */
export async function findPersonByUri(ctx: Context, uri: string): Promise<PersonRow | null> {
  return await findRemotePersonByUri(ctx.db, uri);
}

/**
 * An active person of this server, by id or by handle (letters' case aside), also by one that they had before, as long as
 * it leads to them.
 */
export async function findLocalPerson(
  ctx: Context,
  by: { id: PersonId } | { handle: string },
): Promise<PersonRow | null> {
  if ("id" in by) return await findActiveLocalById(ctx.db, by.id);
  const { handle } = by;
  return (
    (await findActiveLocalByHandle(ctx.db, handle)) ??
    (await findActiveLocalByHeldHandle(ctx.db, { handle, now: ctx.now() }))
  );
}

/** The actor of another server that was called so until a while ago; for when nobody there is called so now. */
export async function findFormerlyCalled(
  ctx: Context,
  { name: handle, host }: { name: string; host: string },
): Promise<PersonRow | null> {
  return await findRemoteByFormerHandle(ctx.db, { handle, host, since: graceBegan(ctx) });
}

/** Whoever was renamed before then is not called by the former handle any more. */
export function graceBegan({ now, settings }: Context): Date {
  return new Date(now().getTime() - settings.handles.graceDays * DAY_MS);
}

/** How people call somebody: `@bo@b.example`. */
export function addressOf(
  { settings }: Context,
  { handle, host }: Pick<PersonRow, "handle" | "host">,
): string {
  return `@${handle}@${host ?? settings.host}`;
}

/** Whether somebody of this server had this id who is gone for good. */
export async function wasHere(ctx: Context, id: PersonId): Promise<boolean> {
  const person = await findPersonById(ctx.db, id);
  return person?.host === null && person.state === "deleted";
}

/** Loads somebody by id; refuses an unknown one. */
export async function readPerson(ctx: Context, id: PersonId): Promise<PersonRow> {
  const [person] = await findPeopleByIds(ctx.db, [id]);
  if (person === undefined) throw new Refusal("not_found");
  return person;
}

/** The actor in whose name the server itself asks others; made when the server starts for the first time. */
export async function instanceActor(ctx: Context): Promise<PersonRow> {
  const known = await findInstanceActor(ctx.db);
  if (known !== null) return known;
  const pairs = await makeKeyPairs();
  const { host } = ctx.settings;
  const row = {
    id: newId<"person">(),
    kind: "application" as const,
    handle: host,
    name: host,
    createdAt: ctx.now(),
  };
  return await transact(ctx, async (tx) => {
    const inserted = await insertLocalPerson(tx, row);
    // Another process of this server was first: its actor counts.
    if (inserted === null) return (await findInstanceActor(tx))!;
    await saveKeyPairs(ctx, tx, { personId: row.id, pairs });
    return inserted;
  });
}
