import { Option, type Command } from "commander";
import { listAudit } from "#domain/audit-list.ts";
import { auditActions, type AuditAction } from "#lib/audit-action.ts";
import type { Within } from "./emoji.ts";

const MOST = 1_000;

/** Adds the command that shows what was done. */
export function addAuditCommand(program: Command, within: Within): void {
  program
    .command("audit")
    .description("what was done that matters later, newest first")
    .option("--person <handle>", "only what somebody did, or what was done about them")
    .addOption(new Option("--action <action>", "only entries of one kind").choices(auditActions))
    .addOption(new Option("--limit <number>", "how many entries").default("100"))
    .action((options: { person?: string; action?: AuditAction; limit: string }) =>
      within(async (ctx) => {
        const { person, action = null } = options;
        const of = person === undefined ? null : { handle: person };
        const limit = Math.min(Math.max(Math.trunc(Number(options.limit)) || 1, 1), MOST);
        for (const entry of await listAudit(ctx, { by: null, of, action, after: null, limit })) {
          const { at, details, address } = entry;
          const who = `${nameOf(entry.actorHandle, entry.actorId)} -> ${nameOf(entry.handle, entry.personId)}`;
          console.log(
            [at.toISOString(), entry.action, who, address ?? "-", JSON.stringify(details)].join("  "),
          );
        }
      }),
    );
}

/** A handle, else the id of whoever has none any more. */
function nameOf(handle: string | null, id: string | null): string {
  return handle === null ? (id ?? "-") : `@${handle}`;
}
