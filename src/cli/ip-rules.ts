import { Argument, Option, type Command } from "commander";
import type { Context } from "#domain/context.ts";
import { listIpRules, makeIpRule, removeIpRule, type IpRule } from "#domain/ip-rules.ts";
import { doors, type Door } from "#lib/door.ts";
import { isId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Within } from "./emoji.ts";

const DAY_MS = 24 * 3600 * 1000;
/** What each decision means, as its command says. */
const verdicts: Readonly<Record<IpRule["verdict"], string>> = {
  deny: "keep a network out: an address, or CIDR like 192.0.2.0/24",
  allow: "let a network in that is part of one that is kept out",
};

interface Options {
  door?: Door[];
  days?: string;
  note: string;
}

/** Adds the commands about the networks that requests come from. */
export function addIpRuleCommands(program: Command, within: Within): void {
  const ip = program
    .command("ip")
    .description("networks that are let in or kept out; the nearest rule counts");
  ip.command("list")
    .description("list all rules, oldest first")
    .action(() => within(printRules));
  for (const [verdict, description] of Object.entries(verdicts) as [IpRule["verdict"], string][]) {
    ip.command(`${verdict} <network>`)
      .description(description)
      .addOption(new Option("--door <door...>", "where it holds; everywhere without it").choices(doors))
      .option("--days <days>", "for how many days; for good without it")
      .option("--note <note>", "why, for those who read the list", "")
      .action((network: string, { door, days, note }: Options) =>
        within(async (ctx) => {
          const expiresAt = days === undefined ? null : inDays(ctx, days);
          const rule = { by: null, network, verdict, doors: door ?? doors, note, expiresAt };
          console.log(describeRule(await makeIpRule(ctx, rule)));
        }),
      );
  }
  ip.command("remove")
    .description("take a rule back")
    .addArgument(new Argument("<id>", "as the list shows it"))
    .action((id: string) =>
      within(async (ctx) => {
        if (!isId<"ip-rule">(id)) throw new Refusal("not_found", { field: "id" });
        await removeIpRule(ctx, { by: null, id });
        console.log("The rule is gone.");
      }),
    );
}

async function printRules(ctx: Context): Promise<void> {
  const rules = await listIpRules(ctx, { by: null });
  for (const rule of rules) console.log(describeRule(rule));
  if (rules.length === 0) console.error("Nothing is decided about any network.");
}

function describeRule({ id, network, verdict, doors, expiresAt, note }: IpRule): string {
  const until = expiresAt === null ? "for good" : `until ${expiresAt.toISOString().slice(0, 10)}`;
  return [id, verdict.padEnd(5), network, doors.join(","), until, note].join("  ").trimEnd();
}

function inDays(ctx: Context, days: string): Date {
  if (!/^\d{1,4}$/.test(days)) throw new Refusal("in_the_past", { field: "days" });
  return new Date(ctx.now().getTime() + Number(days) * DAY_MS);
}
