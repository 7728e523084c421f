import { Argument, type Command } from "commander";
import { findByHandle, giveRole, restorePerson, suspendPerson } from "#domain/people-rules.ts";
import { readHandle, renamePerson } from "#domain/rename.ts";
import { endSessionOf, listSessionsOf } from "#domain/sessions-of.ts";
import { isId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { serverRoles, type ServerRole } from "#lib/server-role.ts";
import type { Within } from "./emoji.ts";

/** Adds the commands that decide about somebody of this server. */
export function addPeopleCommands(user: Command, within: Within): void {
  user
    .command("role <handle>")
    .description("give somebody a role; it holds at once")
    .addArgument(new Argument("<role>", "what they may do").choices(serverRoles))
    .action((handle: string, role: ServerRole) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const after = await giveRole(ctx, { by: null, personId, role });
        console.log(`@${after.handle}: ${after.role}`);
      }),
    );
  user
    .command("suspend <handle>")
    .description("shut somebody out: their sessions end now, and others see nobody there")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const after = await suspendPerson(ctx, { by: null, personId });
        console.log(`@${after.handle} is shut out.`);
      }),
    );
  user
    .command("restore <handle>")
    .description("let somebody in again who was shut out")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const after = await restorePerson(ctx, { by: null, personId });
        console.log(`@${after.handle} can sign in again.`);
      }),
    );
  user
    .command("sessions <handle>")
    .description("list where somebody is signed in, the session seen last first")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        for (const session of await listSessionsOf(ctx, { by: null, personId })) {
          const { id, name, client, userAgent, createdAt, seenAt } = session;
          const seen = (seenAt ?? createdAt).toISOString().slice(0, 16);
          console.log([id, seen, client, name, userAgent ?? ""].join("  ").trimEnd());
        }
      }),
    );
  user
    .command("end-session <handle> <id>")
    .description("end one of somebody's sessions, as the list names it")
    .action((handle: string, id: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        if (!isId<"session">(id)) throw new Refusal("not_found", { field: "id" });
        await endSessionOf(ctx, { by: null, personId, id });
        console.log("The session is over.");
      }),
    );
}

/** Adds the command that gives somebody another handle. */
export function addRenameCommand(user: Command, within: Within): void {
  user
    .command("rename <handle> <new>")
    .description("give somebody another handle; the former one is kept for them and leads to them")
    .action((handle: string, to: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        await renamePerson(ctx, { by: null, personId, handle: to });
        const { handle: now, held } = await readHandle(ctx, personId);
        const until = held.find((each) => each.handle === handle.toLowerCase().replace(/^@/, ""))?.until;
        console.log(
          `@${now}${until ? ` (the former handle is kept until ${until.toISOString().slice(0, 10)})` : ""}`,
        );
      }),
    );
}
