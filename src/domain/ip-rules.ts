import { deleteIpRule, findIpRules, insertIpRule, type IpRuleRow } from "#db/ip-rules.ts";
import type { Queryable } from "#db/connect.ts";
import type { Door } from "#lib/door.ts";
import { newId, type Id, type PersonId } from "#lib/ids.ts";
import {
  type Address,
  covers,
  parseAddress,
  parseNetwork,
  writeNetwork,
  type Network,
} from "#lib/network.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { Known } from "./known.ts";
import { requirePermission } from "./roles.ts";
import { record, transact } from "./transact.ts";

export type IpRule = IpRuleRow;

interface Held extends IpRule {
  of: Network;
}

const decided = new Known(load);

/** Refuses `address_refused` where the nearest network of an address is kept out of a door; of two rules for one network the one that lets in counts. */
export async function checkDoor(
  ctx: Context,
  { address, door }: { address: string; door: Door },
): Promise<void> {
  const rules = await decided.read(ctx, ctx.db);
  if (rules.length === 0) return;
  const parsed = parseAddress(address);
  if (parsed === null) return;
  const now = ctx.now();
  if (isKeptOut(rules, { address: parsed, door, now })) throw new Refusal("address_refused");
}

/** Whether the nearest network of an address is kept out of a door; the rules come nearest first. */
function isKeptOut(
  rules: readonly Held[],
  { address, door, now }: { address: Address; door: Door; now: Date },
): boolean {
  const nearest = rules.find(
    ({ doors, of, expiresAt }) =>
      doors.includes(door) && (expiresAt === null || expiresAt > now) && covers(of, address),
  );
  return nearest?.verdict === "deny";
}

/** The doors by which those come in who decide. */
const ownDoors = ["sign-in", "api"] as const;

/** Refuses `locks_you_out` where whoever decides could not come in again from where they are; for what rules are left then. */
function checkOwnWayIn(
  ctx: Context,
  rules: readonly IpRule[],
  { address }: { address?: string | undefined },
) {
  const parsed = address === undefined ? null : parseAddress(address);
  if (parsed === null) return;
  const held = inOrder(rules);
  const where = { address: parsed, now: ctx.now() };
  if (ownDoors.some((door) => isKeptOut(held, { ...where, door })))
    throw new Refusal("locks_you_out", { field: "network" });
}

/** Everything that was decided about networks, oldest first. Refuses `not_permitted`. */
export async function listIpRules(ctx: Context, { by }: { by: PersonId | null }): Promise<IpRule[]> {
  if (by !== null) await requirePermission(ctx, by, "ip-rules");
  return await findIpRules(ctx.db);
}

/** What is decided about a network, and by whom; null is the command line. */
export interface MakeIpRule {
  by: PersonId | null;
  network: string;
  verdict: IpRule["verdict"];
  doors: readonly Door[];
  note: string;
  expiresAt: Date | null;
  /** The address of whoever decides. */
  address?: string;
}

/** Decides about a network. Refuses `not_permitted`, what is no network, a moment that is over, and what would keep out whoever decides. */
export async function makeIpRule(ctx: Context, input: MakeIpRule): Promise<IpRule> {
  const { by, verdict, note, expiresAt, address } = input;
  if (by !== null) await requirePermission(ctx, by, "ip-rules");
  const parsed = parseNetwork(input.network);
  if (parsed === null) throw new Refusal("network_invalid", { field: "network" });
  const createdAt = ctx.now();
  if (expiresAt !== null && expiresAt <= createdAt) throw new Refusal("in_the_past", { field: "expiresAt" });
  const network = writeNetwork(parsed);
  const doors = [...new Set(input.doors)];
  const row = { id: newId<"ip-rule">(), network, verdict, doors, note, expiresAt, createdBy: by, createdAt };
  await transact(ctx, async (tx) => {
    await insertIpRule(tx, row);
    if (by !== null) checkOwnWayIn(ctx, await findIpRules(tx), { address });
    const details = { network, verdict, doors };
    await audit(ctx, tx, { action: "ip-rule.made", actorId: by, details, address });
    record(tx, "terms.changed", {});
  });
  decided.forget(ctx);
  return row;
}

/** Takes a rule back. Refuses `not_permitted`, one that is not there, and one that alone lets in whoever decides. */
export async function removeIpRule(
  ctx: Context,
  { by, id, address }: { by: PersonId | null; id: Id<"ip-rule">; address?: string },
): Promise<void> {
  if (by !== null) await requirePermission(ctx, by, "ip-rules");
  await transact(ctx, async (tx) => {
    const row = await deleteIpRule(tx, id);
    if (row === null) throw new Refusal("not_found");
    if (by !== null && row.verdict === "allow") checkOwnWayIn(ctx, await findIpRules(tx), { address });
    const { network, verdict, doors } = row;
    const details = { network, verdict, doors };
    await audit(ctx, tx, { action: "ip-rule.removed", actorId: by, details, address });
    record(tx, "terms.changed", {});
  });
  decided.forget(ctx);
}

async function load(q: Queryable): Promise<Held[]> {
  return inOrder(await findIpRules(q));
}

/** The nearest network first, and who lets in before who keeps out. */
function inOrder(rules: readonly IpRule[]): Held[] {
  const held = rules.flatMap((rule) => {
    const of = parseNetwork(rule.network);
    return of === null ? [] : [{ ...rule, of }];
  });
  const rank = ({ verdict }: IpRule): number => (verdict === "allow" ? 0 : 1);
  return held.toSorted((one, other) => other.of.bits - one.of.bits || rank(one) - rank(other));
}
