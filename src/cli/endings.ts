import type { Command } from "commander";
import { endAccount, keepAccount } from "#domain/ending/end.ts";
import { findByHandle } from "#domain/people-rules.ts";
import type { Within } from "./emoji.ts";

/** Adds the commands by which accounts end, or do not. */
export function addEndingCommands(user: Command, within: Within): void {
  user
    .command("end <handle>")
    .description("let somebody's account end, after the days in which it can be kept; their sessions end now")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const after = await endAccount(ctx, { by: null, personId });
        console.log(`@${after.handle} ends at ${after.endsAt?.toISOString()}.`);
      }),
    );
  user
    .command("keep <handle>")
    .description("keep an account that was to end")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const after = await keepAccount(ctx, { by: null, personId });
        console.log(`@${after.handle} stays.`);
      }),
    );
}
