import type { Transaction } from "#db/connect.ts";
import { lockUri, lockUris } from "#db/inbound.ts";
import { findInvitees, type Invitee } from "#db/invitees.ts";
import { countAsking, countBegun, countWaitingOfHost, findAskings, type Asking } from "#db/requests.ts";
import type { PersonRow } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal, type RefusalCode } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { checkAllowed } from "../roles.ts";
import { stanceOf } from "../server-rules.ts";
import { isNewServer } from "../servers.ts";
import type { Participant } from "../dispatch.ts";

const DAY_S = 24 * 3600;

/** What is said to people who have not agreed to hear it. */
export interface Asked {
  conversationId: ConversationId;
  authorId: PersonId;
}

/** How much of their shares the authors have used up with each member here who has not accepted the conversation. */
export interface Askings {
  rows: Asking[];
  /** Authors of new servers that have used up theirs. */
  exhausted: Set<PersonId>;
  /** Authors of servers whose people may ask nobody. */
  silenced: Set<PersonId>;
}

/** Counts for `hesitant`, the people here who have not accepted; nobody else begins a request with them meanwhile. */
export async function countAskings(
  ctx: Context,
  tx: Transaction,
  { asked, hesitant }: { asked: readonly Asked[]; hesitant: readonly PersonId[] },
): Promise<Askings> {
  if (hesitant.length === 0) return { rows: [], exhausted: new Set(), silenced: new Set() };
  await lockAsking(tx, { askedIds: hesitant, askerIds: asked.map(({ authorId }) => authorId) });
  const rows = await findAskings(tx, asked);
  const exhausted = new Set<PersonId>();
  const silenced = new Set<PersonId>();
  const remote = rows.filter(({ authorHost }) => authorHost !== null);
  for (const [host, of] of Map.groupBy(remote, ({ authorHost }) => authorHost!)) {
    const authors = of.map(({ authorId }) => authorId);
    if (!(await stanceOf(ctx, host, tx)).asks) for (const id of authors) silenced.add(id);
    const begins = of.some(({ isBegun }) => !isBegun);
    if (begins && (await isExhausted(ctx, tx, host))) for (const id of authors) exhausted.add(id);
  }
  return { rows, exhausted, silenced };
}

async function isExhausted(ctx: Context, tx: Transaction, host: string): Promise<boolean> {
  if (!(await isNewServer(ctx, host, tx))) return false;
  await lockUri(tx, `requests from ${host}`);
  return (await countWaitingOfHost(tx, host)) >= ctx.settings.requests.waitingPerNewServer;
}

/**
 * From whom a message is kept: `kept`, and those of whom its author has asked too much. Refuses where nobody is left whom
 * it would reach for want of a share.
 */
export function limitRequests(
  ctx: Context,
  askings: Askings,
  said: Asked & { people: readonly Participant[]; kept: readonly PersonId[]; remote?: unknown },
): PersonId[] {
  const own = askings.rows.filter(
    ({ conversationId, authorId }) => conversationId === said.conversationId && authorId === said.authorId,
  );
  const refusals = new Map<PersonId, RefusalCode>();
  for (const row of own) {
    const code = refusalOf(ctx, row, askings);
    if (code !== null) refusals.set(row.personId, code);
  }
  const unreached = new Set([...said.kept, ...refusals.keys()]);
  const others = said.people.filter(
    ({ id, host }) => id !== said.authorId && (said.remote === undefined || host === null),
  );
  const [first] = refusals.values();
  if (first !== undefined && others.every(({ id }) => unreached.has(id)))
    throw new Refusal(first, first === "request_pending_limit" ? { retryAfter: DAY_S } : {});
  for (const row of own) row.said += 1;
  return [...unreached];
}

function refusalOf(ctx: Context, row: Asking, { exhausted, silenced }: Askings): RefusalCode | null {
  if (silenced.has(row.authorId)) return "server_silenced";
  const { messagesPerRequest, waitingPerPerson, waitingPerSender } = ctx.settings.requests;
  if (row.said >= messagesPerRequest) return "request_pending_limit";
  if (row.isBegun) return null;
  const isFull = row.waiting >= waitingPerPerson || exhausted.has(row.authorId);
  // Whoever lives here has a share of each day instead.
  const asksAll = row.authorHost !== null && row.asking >= waitingPerSender;
  return isFull || asksAll ? "requests_full" : null;
}

/** Nobody else begins a request with these people, or as one of these, until the transaction ends. */
export async function lockAsking(
  tx: Transaction,
  { askedIds, askerIds = [] }: { askedIds: readonly PersonId[]; askerIds?: readonly PersonId[] },
): Promise<void> {
  await lockUris(
    tx,
    askedIds.map((id) => `requests for ${id}`),
  );
  await lockUris(
    tx,
    askerIds.map((id) => `requests of ${id}`),
  );
}

/** People are asked into a group. */
export interface Inviting {
  inviter: PersonRow;
  /** The server that keeps the group, when that is another: it speaks for the inviter. */
  keeper: PersonRow | null;
  /** Null for a group that is not known here. */
  conversationId: ConversationId | null;
  roomUri?: string | null;
  people: readonly PersonRow[];
}

/**
 * How people stand to a group and to who asks them into it; nobody else asks them meanwhile. An invitation by a stranger
 * is a request, and uses up the same shares: refuses where they are used up. Whom the inviter has met may be asked freely.
 */
export async function limitInvitations(
  ctx: Context,
  tx: Transaction,
  { inviter, keeper, people, ...where }: Inviting,
): Promise<Map<PersonId, Invitee>> {
  const here = new Set(people.filter(({ host }) => host === null).map(({ id }) => id));
  await lockAsking(tx, { askedIds: [...here], askerIds: [inviter.id] });
  const about = { ...where, inviterId: inviter.id, keeperId: keeper?.id ?? null };
  const ids = people.map(({ id }) => id);
  const invitees = await findInvitees(tx, about, ids);
  const strangers = invitees.filter(
    ({ personId, isStranger, openId }) => isStranger && openId === null && here.has(personId),
  );
  const { host } = keeper ?? inviter;
  if (host !== null && strangers.length > 0)
    await checkShares(ctx, tx, { askerId: inviter.id, host, more: strangers.length });
  const { waitingPerPerson } = ctx.settings.requests;
  if (strangers.some(({ waiting }) => waiting >= waitingPerPerson)) throw new Refusal("requests_full");
  return new Map(invitees.map((invitee) => [invitee.personId, invitee]));
}

/** Refuses what somebody of another server asks beyond what they, and their server, may. */
async function checkShares(
  ctx: Context,
  tx: Transaction,
  { askerId, host, more }: { askerId: PersonId; host: string; more: number },
): Promise<void> {
  if (!(await stanceOf(ctx, host, tx)).asks) throw new Refusal("server_silenced");
  const asking = (await countAsking(tx, askerId)) + more;
  if (asking > ctx.settings.requests.waitingPerSender || (await isExhausted(ctx, tx, host)))
    throw new Refusal("requests_full");
}

/**
 * Refuses the conversation that somebody has just begun with a person who does not know them, or the invitations that they
 * have just written to such people, beyond the day's share, or where their role does not allow it.
 */
export async function checkBegun(ctx: Context, tx: Transaction, author: PersonRow): Promise<void> {
  const { strangersPerDay, strangersPerDayOfNewAccount, newAccountDays } = ctx.settings.requests;
  await lockUri(tx, `conversations of ${author.id}`);
  const now = ctx.now().getTime();
  const isNew = now - author.createdAt.getTime() < newAccountDays * DAY_S * 1000;
  const { count, first } = await countBegun(tx, author.id, new Date(now - DAY_S * 1000));
  if (first === null) return;
  await checkAllowed(ctx, { personId: author.id, permission: "begin" }, tx);
  if (count <= (isNew ? strangersPerDayOfNewAccount : strangersPerDay)) return;
  const retryAfter = Math.max(1, Math.ceil(DAY_S - (now - first.getTime()) / 1000));
  throw new Refusal("too_many_strangers", { retryAfter });
}
