import { Option, type Command } from "commander";
import { listAudit } from "#domain/audit-list.ts";
import { findByHandle } from "#domain/people-rules.ts";
import type { Within } from "./emoji.ts";

const MOST = 1_000;

/** Adds the command that shows what was done. */
export function addAuditCommand(program: Command, within: Within): void {
  program
    .command("audit")
    .description("what was done that matters later, newest first")
    .option("--person <handle>", "only what somebody did, or what was done about them")
    .addOption(new Option("--limit <number>", "how many entries").default("100"))
    .action((options: { person?: string; limit: string }) =>
      within(async (ctx) => {
        const { person } = options;
        const personId = person === undefined ? null : (await findByHandle(ctx, person)).id;
        const limit = Math.min(Math.max(Math.trunc(Number(options.limit)) || 1, 1), MOST);
        for (const entry of await listAudit(ctx, { by: null, personId, after: null, limit })) {
          const { at, action, actorId, personId: about, details, address } = entry;
          const who = `${actorId ?? "-"} -> ${about ?? "-"}`;
          console.log([at.toISOString(), action, who, address ?? "-", JSON.stringify(details)].join("  "));
        }
      }),
    );
}
