import type { Context } from "#domain/context.ts";
import { hearLog, type HeardChange, type HeardEntry, type HearLog } from "#domain/groups/hear.ts";
import { beginReplica, isAsleep, isExpected } from "#domain/groups/replica.ts";
import { agreesToBe } from "#domain/moving/aliases.ts";
import { findPersonByUri, type PersonRow } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import type { Documents } from "./documents.ts";
import { messageAt } from "./inbound/message-at.ts";
import { peopleAt } from "./people.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import type { SaidEntry } from "./translate/log-in.ts";
import { readMembers, readRoom, type SaidChange, type SaidMembers } from "./translate/room-in.ts";
import { isOurs, parseLocalUri } from "./uris.ts";

/** With what a log is heard. */
export interface HearingTools {
  readonly ctx: Context;
  readonly actors: RemoteActors;
  readonly documents: Documents;
}

export interface Hearing {
  readonly room: string;
  readonly keeper: PersonRow;
  readonly entries: readonly SaidEntry[];
  readonly page?: NonNullable<HearLog["page"]>;
}

/**
 * Takes numbers of a group's log that its keeper said. A group that nobody here follows yet is looked at first, if somebody
 * of ours agreed to come into it; for any other, nobody is looked up. Throws Dropped, Refusal.
 */
export async function hear(
  tools: HearingTools,
  { room, keeper, entries, page }: Hearing,
): Promise<Awaited<ReturnType<typeof hearLog>>> {
  const { ctx } = tools;
  const of = { roomUri: room, keeperId: keeper.id };
  await awaitMoves(ctx, entries);
  if (await isAsleep(ctx, of)) await meet(tools, { room, keeper, entries });
  const people = await peopleAt(tools, entries.flatMap(peopleOf));
  const heard = entries.map((entry) => heardOf(ctx, entry, people));
  // Alone, what makes no sense is not taken; asked for, it must not keep the others away.
  if (page === undefined && heard.includes(null)) throw new Dropped("unknown_object");
  const whole = heard.map(
    (entry, index) => entry ?? { ...entries[index]!, said: { kind: "nothing" as const } },
  );
  return await hearLog(ctx, { ...of, entries: whole, ...(page && { page }) });
}

/** Whom an entry is about. */
function peopleOf({ said }: SaidEntry): string[] {
  if (said.kind !== "decision") return [];
  const { change } = said;
  const instead = change.kind === "added" && change.insteadUri ? [change.insteadUri] : [];
  const person = "personUri" in change ? [change.personUri, ...instead] : [];
  return said.byUri === null ? person : [said.byUri, ...person];
}

/** An entry with the people whom it is about; null for one that is about nobody. */
function heardOf(
  ctx: Context,
  { seq, epoch, said }: SaidEntry,
  people: ReadonlyMap<string, PersonId>,
): HeardEntry | null {
  if (said.kind === "nothing") return { seq, epoch, said };
  if (said.kind === "activity") {
    const thing = parseLocalUri(ctx.settings.origin, said.uri);
    return { seq, epoch, said: { ...said, ownId: thing?.kind === "activity" ? thing.id : null } };
  }
  const byId = said.byUri === null ? null : people.get(said.byUri);
  const change = byId === undefined ? null : changeOf(ctx, said.change, { byId, people });
  return change === null ? null : { seq, epoch, said: { kind: "decision", change } };
}

function changeOf(
  ctx: Context,
  change: SaidChange,
  { byId, people }: { byId: PersonId | null; people: ReadonlyMap<string, PersonId> },
): HeardChange | null {
  if (change.kind === "updated") return { kind: "updated", facts: change.facts, byId };
  if (change.kind === "deleted") {
    const message = messageIn(ctx, change.messageUri);
    return message && { kind: "deleted", message, byId };
  }
  const personId = people.get(change.personUri);
  if (personId === undefined) return null;
  if (change.kind === "removed") return { kind: "removed", personId, ban: change.ban, byId };
  const insteadId = change.insteadUri === undefined ? undefined : people.get(change.insteadUri);
  return { kind: "added", personId, role: change.role, byId, ...(insteadId && { insteadId }) };
}

function messageIn(ctx: Context, uri: string): ReturnType<typeof messageAt> | null {
  try {
    return messageAt(ctx, uri);
  } catch (error) {
    if (error instanceof Dropped) return null;
    throw error;
  }
}

/** A place in a group may come before the word of who left it, who is the same person: then it is to come again. */
async function awaitMoves(ctx: Context, entries: readonly SaidEntry[]): Promise<void> {
  for (const { said } of entries) {
    if (said.kind !== "decision" || said.change.kind !== "added" || !said.change.insteadUri) continue;
    const thing = parseLocalUri(ctx.settings.origin, said.change.personUri);
    const before = await findPersonByUri(ctx, said.change.insteadUri);
    if (thing?.kind !== "actor" || before === null || before.movedTo === thing.id) continue;
    if (await agreesToBe(ctx, { personId: thing.id, otherId: before.id })) throw new ActorUnavailable(true);
  }
}

/** Looks at a group as it is when the first of our people comes into it. */
async function meet(tools: HearingTools, { room, keeper, entries }: Omit<Hearing, "page">): Promise<void> {
  const { ctx, documents } = tools;
  const seq = await entrance(ctx, { roomUri: room, keeperId: keeper.id }, entries);
  if (seq === null) throw new Dropped("never_asked");
  const [described, listed] = await Promise.all([documents.fetch(room), documents.fetch(`${room}/members`)]);
  const { uri, keeperUri, epoch, facts } = readRoom(described.document);
  if (uri !== room || keeperUri !== keeper.uri) throw new Dropped("not_attributed");
  const members = await membersOf(tools, readMembers(listed.document));
  await beginReplica(ctx, { roomUri: room, keeperId: keeper.id, facts, epoch, members, seq });
}

/** The number with which somebody of ours comes in who agreed to it. */
async function entrance(
  ctx: Context,
  of: { roomUri: string; keeperId: PersonId },
  entries: readonly SaidEntry[],
): Promise<number | null> {
  for (const { seq, said } of entries) {
    if (said.kind !== "decision" || said.change.kind !== "added") continue;
    const thing = parseLocalUri(ctx.settings.origin, said.change.personUri);
    if (thing?.kind === "actor" && (await isExpected(ctx, { ...of, personId: thing.id }))) return seq;
  }
  return null;
}

/** Those of other servers: our own come in by the log, if they agreed. */
async function membersOf(
  tools: HearingTools,
  { uris, owner, admins }: SaidMembers,
): Promise<{ personId: PersonId; role: Role }[]> {
  const others = uris.filter((uri) => !isOurs(tools.ctx.settings.origin, uri));
  const people = await peopleAt(tools, others);
  return others.flatMap((uri) => {
    const personId = people.get(uri);
    const role = uri === owner ? "owner" : admins.includes(uri) ? "admin" : "member";
    return personId === undefined ? [] : [{ personId, role }];
  });
}
