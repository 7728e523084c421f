import type { Command } from "commander";
import { findByHandle } from "#domain/people-rules.ts";
import { givePassword } from "#domain/sign-up/password.ts";
import { makeResetLink } from "#domain/sign-up/reset.ts";
import type { Within } from "./emoji.ts";

/** Adds the commands that let somebody in again who lost their password. */
export function addPasswordCommands(
  user: Command,
  { within, readPassword }: { within: Within; readPassword: () => Promise<string> },
): void {
  user
    .command("reset-link <handle>")
    .description("print a link with which somebody gives themselves another password, once and within a day")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        console.log((await makeResetLink(ctx, { by: null, personId, language: "en" })).url);
      }),
    );
  user
    .command("password <handle>")
    .description("give somebody another password, as `create` does; all their sessions end")
    .action(async (handle: string) => {
      const password = await readPassword();
      await within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        await givePassword(ctx, { personId, password });
      });
      console.log("The password is another one now, and all sessions have ended.");
    });
}
