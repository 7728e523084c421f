import type { Queryable } from "#db/connect.ts";
import {
  deleteServerRule,
  findServerRules,
  hastenServer,
  upsertServerRule,
  type ServerRuleRow,
} from "#db/server-rules.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { Known } from "./known.ts";
import { requirePermission } from "./roles.ts";
import { record, transact } from "./transact.ts";

export type ServerRule = ServerRuleRow;
export type RuleLevel = ServerRule["level"];

/** How this server stands to another one. */
interface Stance {
  /** Whether anything passes between the two, either way. */
  talks: boolean;
  /** Whether its people may ask people here who do not know them. */
  asks: boolean;
  /** Whether its pictures are shown. */
  shows: boolean;
}

const nothing: Stance = { talks: false, asks: false, shows: false };
const stances: Readonly<Record<RuleLevel, Stance>> = {
  allow: { talks: true, asks: true, shows: true },
  silence: { talks: true, asks: false, shows: true },
  "reject-media": { talks: true, asks: true, shows: false },
  suspend: nothing,
};

type Rules = ReadonlyMap<string, RuleLevel>;

const decided = new Known<Rules>(load);

/** How this server stands to another: as the rule for its name says, else that for the nearest name above it, else the mode. */
export async function stanceOf(ctx: Context, host: string, q: Queryable = ctx.db): Promise<Stance> {
  const { federation } = ctx.settings;
  if (federation === "off") return nothing;
  const level = nearest(await decided.read(ctx, q), host);
  if (level !== null) return stances[level];
  return federation === "allow-list" ? nothing : stances.allow;
}

/** Those of some servers with which nothing passes. */
export async function findSilent(
  ctx: Context,
  q: Queryable,
  hosts: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    hosts.map(async (host) => ((await stanceOf(ctx, host, q)).talks ? [] : [host])),
  );
  return new Set(found.flat());
}

/** Refuses to talk to somebody at a server with which nothing passes. */
export async function checkTalks(ctx: Context, host: string, q: Queryable = ctx.db): Promise<void> {
  if (!(await stanceOf(ctx, host, q)).talks) throw new Refusal("server_suspended", { field: "address" });
}

/** Who decides, and from where; `by` is null for the command line. */
interface Decider {
  by: PersonId | null;
  address?: string;
}

/** Everything that the operator decided, by name. Refuses `not_permitted`. */
export async function listServerRules(ctx: Context, { by }: Decider): Promise<ServerRule[]> {
  if (by !== null) await requirePermission(ctx, by, "servers");
  return await findServerRules(ctx.db);
}

/** Decides about a server and all below its name. Refuses `not_permitted`, and what is no name of a server. */
export async function setServerRule(
  ctx: Context,
  { by, address, ...decision }: Decider & { host: string; level: RuleLevel; note: string },
): Promise<ServerRule> {
  if (by !== null) await requirePermission(ctx, by, "servers");
  const { level, note } = decision;
  const row = { host: normaliseHost(decision.host), level, note, createdAt: ctx.now() };
  await transact(ctx, async (tx) => {
    await upsertServerRule(tx, row);
    await hastenServer(tx, row.host);
    const details = { host: row.host, level };
    await audit(ctx, tx, { action: "server.decided", actorId: by, details, address });
    record(tx, "servers.changed", {});
  });
  decided.forget(ctx);
  return row;
}

/** Takes a decision back. Refuses `not_permitted`, and a name about which nothing was decided. */
export async function forgetServerRule(ctx: Context, input: Decider & { host: string }): Promise<void> {
  const { by, address } = input;
  if (by !== null) await requirePermission(ctx, by, "servers");
  await transact(ctx, async (tx) => {
    const host = normaliseHost(input.host);
    if (!(await deleteServerRule(tx, host))) throw new Refusal("not_found", { field: "host" });
    await hastenServer(tx, host);
    await audit(ctx, tx, { action: "server.forgotten", actorId: by, details: { host }, address });
    record(tx, "servers.changed", {});
  });
  decided.forget(ctx);
}

async function load(q: Queryable): Promise<Rules> {
  return new Map((await findServerRules(q)).map(({ host, level }) => [host, level]));
}

/** A rule for `example.com` covers `a.example.com`; one for `a.example.com` comes before it. A name with a port has rules of its own. */
function nearest(rules: Rules, host: string): RuleLevel | null {
  const name = host.replace(/:\d+$/, "");
  const labels = name.split(".");
  const names = [host, ...labels.map((_, index) => labels.slice(index).join("."))];
  return names.map((one) => rules.get(one)).find((level) => level !== undefined) ?? null;
}

function normaliseHost(text: string): string {
  const url = URL.parse(`https://${text.trim()}`);
  if (url === null || url.host === "" || url.href !== `https://${url.host}/`)
    throw new Refusal("host_invalid", { field: "host" });
  return url.host.replace(/\.(?=$|:)/, "");
}
