import type { Context } from "#domain/context.ts";
import { hearLog, type HeardChange, type HeardEntry, type HearLog } from "#domain/groups/hear.ts";
import { beginReplica, isAsleep, isExpected } from "#domain/groups/replica.ts";
import { noteStandIns, type PersonRow } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import type { Documents } from "./documents.ts";
import { messageAt } from "./inbound/message-at.ts";
import { personAt } from "./people.ts";
import type { RemoteActors } from "./remote-actors.ts";
import { standInFor } from "./stand-in.ts";
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

/** Members of a group who are looked up when it is met first; the others are when they are heard of. */
const LOOK_UPS = 20;

/**
 * Takes numbers of a group's log that its keeper said. A group that nobody here follows yet is looked at first, if somebody
 * of ours agreed to come into it. Throws Dropped, Refusal.
 */
export async function hear(
  tools: HearingTools,
  { room, keeper, entries, page }: Hearing,
): Promise<Awaited<ReturnType<typeof hearLog>>> {
  const { ctx } = tools;
  const of = { roomUri: room, keeperId: keeper.id };
  const heard: HeardEntry[] = [];
  for (const entry of entries) heard.push(await entryOf(tools, entry));
  if (await isAsleep(ctx, of)) await meet(tools, { room, keeper, heard });
  return await hearLog(ctx, { ...of, entries: heard, ...(page && { page }) });
}

async function entryOf(tools: HearingTools, { seq, epoch, said }: SaidEntry): Promise<HeardEntry> {
  if (said.kind === "nothing") return { seq, epoch, said };
  if (said.kind === "activity") {
    const thing = parseLocalUri(tools.ctx.settings.origin, said.uri);
    return { seq, epoch, said: { ...said, ownId: thing?.kind === "activity" ? thing.id : null } };
  }
  const byId = said.byUri === null ? null : await personAt(tools, said.byUri);
  return { seq, epoch, said: { kind: "decision", change: await changeOf(tools, said.change, byId) } };
}

async function changeOf(
  tools: HearingTools,
  change: SaidChange,
  byId: PersonId | null,
): Promise<HeardChange> {
  if (change.kind === "updated") return { kind: "updated", facts: change.facts, byId };
  if (change.kind === "deleted")
    return { kind: "deleted", message: messageAt(tools.ctx, change.messageUri), byId };
  const personId = await personAt(tools, change.personUri);
  return change.kind === "added"
    ? { kind: "added", personId, role: change.role, byId }
    : { kind: "removed", personId, ban: change.ban, byId };
}

/** Looks at a group as it is when the first of our people comes into it. */
async function meet(
  tools: HearingTools,
  { room, keeper, heard }: { room: string; keeper: PersonRow; heard: readonly HeardEntry[] },
): Promise<void> {
  const { ctx, documents } = tools;
  const seq = await entrance(ctx, { roomUri: room, keeperId: keeper.id }, heard);
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
  heard: readonly HeardEntry[],
): Promise<number | null> {
  for (const { seq, said } of heard) {
    if (said.kind !== "decision" || said.change.kind !== "added") continue;
    if (await isExpected(ctx, { ...of, personId: said.change.personId })) return seq;
  }
  return null;
}

/** Those of other servers: our own come in by the log, if they agreed. */
async function membersOf(
  tools: HearingTools,
  { uris, owner, admins }: SaidMembers,
): Promise<{ personId: PersonId; role: Role }[]> {
  const { ctx } = tools;
  const others = uris.filter((uri) => !isOurs(ctx.settings.origin, uri));
  const found = await Promise.all(others.slice(0, LOOK_UPS).map((uri) => personAt(tools, uri)));
  const rest = others.slice(LOOK_UPS).map((uri) => standInFor(uri, undefined));
  const noted = new Map((await noteStandIns(ctx, rest)).map((person) => [person.uri, person.id]));
  return others.flatMap((uri, index) => {
    const personId = found[index] ?? noted.get(uri);
    const role = uri === owner ? "owner" : admins.includes(uri) ? "admin" : "member";
    return personId === undefined ? [] : [{ personId, role }];
  });
}
