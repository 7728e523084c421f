import type { Command } from "commander";
import { readMoving, takeBackMove } from "#domain/moving/move-away.ts";
import { addressOf } from "#domain/people.ts";
import { findByHandle } from "#domain/people-rules.ts";
import type { Within } from "./emoji.ts";

/** Adds the commands about people of this server who move. */
export function addMovingCommands(user: Command, within: Within): void {
  user
    .command("moving <handle>")
    .description("say which other accounts somebody named, and where they have moved to")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        const { aliases, movedTo } = await readMoving(ctx, personId);
        for (const alias of aliases) console.log(`also ${addressOf(ctx, alias)}`);
        console.log(movedTo === null ? "has not moved" : `moved to ${addressOf(ctx, movedTo)}`);
      }),
    );
  user
    .command("come-back <handle>")
    .description("take back that somebody has moved away; what went over stays there")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        await takeBackMove(ctx, { personId });
        console.log("They are here again.");
      }),
    );
}
