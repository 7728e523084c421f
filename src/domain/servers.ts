import { findMembers, findParticipants } from "#db/conversations.ts";
import {
  findAskedAt,
  findRfc9421Hosts,
  findServers,
  findSoftware,
  isTrusted,
  setSignatures,
  setSoftware,
  type ServerRow,
  type Signatures,
} from "#db/peers.ts";
import type { Queryable } from "#db/connect.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { judgeReach, type Reach, type Software } from "./reach.ts";
import { findSilent } from "./server-rules.ts";
import { snapshot } from "./snapshot.ts";

/** What a server says of itself holds for a week. */
const ASK_MS = 7 * 24 * 3600 * 1000;

/** One of the servers at which a conversation has members, and whether messages arrive there. */
export interface ReachedServer extends ServerRow, Reach {}

/** What the operator decided comes before what the server could. */
const suspended: Reach = { verdict: "cannot", reason: "server_suspended" };

/** The servers of a conversation's members elsewhere, for one of its members; refuses `not_found` to everybody else. */
export async function readReach(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<ReachedServer[]> {
  return await snapshot(ctx, async (tx) => {
    const members = await findMembers(tx, [input.conversationId]);
    if (!members.some(({ person }) => person.id === input.personId)) throw new Refusal("not_found");
    const servers = await findServers(tx, input.conversationId);
    const silent = await findSilent(
      ctx,
      tx,
      servers.map(({ host }) => host),
    );
    return servers.map((server) => {
      const reach = silent.has(server.host) ? suspended : judgeReach(server, members.length);
      return { ...server, ...reach };
    });
  });
}

/**
 * The servers of a conversation's members elsewhere that may be asked what they run: none before somebody here has taken
 * the conversation. A stranger's message makes us ask nobody, and a stranger does not see by it that a request was read.
 */
export async function listServersToAsk(ctx: Context, id: ConversationId): Promise<ServerRow[]> {
  const members = await findParticipants(ctx.db, [id]);
  const isTaken = members.some(({ person, state }) => person.host === null && state === "accepted");
  return isTaken ? await findServers(ctx.db, id) : [];
}

/** Whether it is time to ask a server what it runs. */
export async function isToBeAsked(ctx: Context, host: string): Promise<boolean> {
  const askedAt = await findAskedAt(ctx.db, host);
  return askedAt === null || ctx.now().getTime() - askedAt.getTime() >= ASK_MS;
}

/** Notes what a server says that it runs; null when it says nothing that can be read. */
export async function saveSoftware(ctx: Context, host: string, software: Software | null): Promise<void> {
  const { name = null, version = null } = software ?? {};
  await setSoftware(ctx.db, { host, name, version, askedAt: ctx.now() });
}

/** The servers that take RFC 9421 signatures and not draft-cavage, as far as we know; so many at most. */
export async function listRfc9421Servers(ctx: Context, limit: number): Promise<string[]> {
  return await findRfc9421Hosts(ctx.db, limit);
}

/** Notes which signatures a server takes, for every process and for later. */
export async function saveSignatures(ctx: Context, host: string, signatures: Signatures): Promise<void> {
  await setSignatures(ctx.db, host, signatures);
}

/** Refuses to begin a conversation of two with somebody whose server has no private messages. */
export async function checkReach(q: Queryable, { host }: { host: string | null }): Promise<void> {
  const [software] = await findSoftware(q, host === null ? [] : [host]);
  if (software !== undefined && judgeReach(software, 2).verdict === "cannot")
    throw new Refusal("cannot_receive", { field: "address" });
}

/** Whether a server has less room here, because nobody here chose yet to talk to anybody there. */
export async function isNewServer(ctx: Context, host: string, q: Queryable = ctx.db): Promise<boolean> {
  return ctx.settings.federation === "quarantine" && !(await isTrusted(q, host));
}
