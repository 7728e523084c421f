import { type Command, Option } from "commander";
import type { Context } from "#domain/context.ts";
import { forgetServerRule, listServerRules, setServerRule, type RuleLevel } from "#domain/server-rules.ts";

/** What each decision means, as its command says. */
const levels: Readonly<Record<RuleLevel, string>> = {
  suspend: "let nothing pass between this server and HOST, nor those below its name",
  silence: "let people of HOST write only to those who accepted them",
  "reject-media": "fetch no pictures from HOST",
  allow: "lift what is decided about a name above HOST; with FEDERATION=allow-list, talk to HOST",
};

/** Adds the commands about other servers. */
export function addServerCommands(
  program: Command,
  within: (work: (ctx: Context) => Promise<void>) => Promise<void>,
): void {
  const server = program.command("server").description("other servers, and what is decided about them");
  server
    .command("list")
    .description("list all decisions")
    .action(() => within(printRules));
  for (const [level, description] of Object.entries(levels) as [RuleLevel, string][]) {
    server
      .command(`${level} <host>`)
      .description(description)
      .addOption(new Option("--note <note>", "why, for those who read the list").default(""))
      .action((host: string, { note }: { note: string }) =>
        within(async (ctx) => {
          const rule = await setServerRule(ctx, { by: null, host, level, note });
          console.log(`${rule.host}: ${level}`);
        }),
      );
  }
  server
    .command("forget <host>")
    .description("take back what was decided about HOST")
    .action((host: string) =>
      within(async (ctx) => {
        await forgetServerRule(ctx, { by: null, host });
        console.log(`Nothing is decided about ${host} any more.`);
      }),
    );
}

async function printRules(ctx: Context): Promise<void> {
  const rules = await listServerRules(ctx, { by: null });
  const width = Math.max(0, ...rules.map(({ host }) => host.length));
  for (const { host, level, note, createdAt } of rules) {
    const line = [host.padEnd(width), level.padEnd(12), createdAt.toISOString().slice(0, 10), note];
    console.log(line.join("  ").trimEnd());
  }
  if (rules.length === 0) console.error("Nothing is decided about any server.");
}
