import { Argument, type Command } from "commander";
import { findByHandle, giveRole, restorePerson, suspendPerson } from "#domain/people-rules.ts";
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
}
