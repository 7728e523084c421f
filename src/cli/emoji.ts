import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Context } from "#domain/context.ts";
import { addCustomEmoji, listCustomEmoji, removeCustomEmoji } from "#domain/custom-emoji.ts";
import { Refusal } from "#lib/refusal.ts";

/** Does something with the server's database open. */
export type Within = (work: (ctx: Context) => Promise<void>) => Promise<void>;

/** Adds the commands for this server's own emoji. */
export function addEmojiCommands(program: Command, within: Within): void {
  const emoji = program.command("emoji").description("this server's own emoji, for reactions");
  emoji
    .command("add <name> <file>")
    .description(
      "add an emoji, or give a known one another picture: PNG, GIF, WebP, AVIF or JPEG, 256 KB at most",
    )
    .action(async (shortcode: string, file: string) => {
      const image = await readPicture(file);
      await within((ctx) => addCustomEmoji(ctx, { shortcode, image }));
      console.log(`:${shortcode}: can be used now.`);
    });
  emoji
    .command("list")
    .description("list them by name")
    .action(() =>
      within(async (ctx) => {
        for (const { shortcode } of await listCustomEmoji(ctx)) console.log(`:${shortcode}:`);
      }),
    );
  emoji
    .command("remove <name>")
    .description("take an emoji away that nobody has used")
    .action(async (shortcode: string) => {
      await within((ctx) => removeCustomEmoji(ctx, shortcode));
      console.log(`:${shortcode}: is gone.`);
    });
}

async function readPicture(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error) throw new Refusal("not_found", { field: "file" });
    throw error;
  }
}
