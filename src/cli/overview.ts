import type { Command } from "commander";
import { readOverview } from "#domain/overview.ts";
import type { Within } from "./emoji.ts";

/** Adds the command that shows what waits. */
export function addOverviewCommand(program: Command, within: Within): void {
  program
    .command("overview")
    .description("how people get accounts, who waits for one, and how much is decided")
    .action(() =>
      within(async (ctx) => {
        const { people, requests, codes, ipRules, servers, registration } = await readOverview(ctx, {
          by: null,
        });
        console.log(
          [
            `registration       ${registration}`,
            `people             ${people?.active}, and ${people?.suspended} shut out`,
            `wait for accounts  ${requests}`,
            `codes that hold    ${codes}`,
            `rules of networks  ${ipRules}`,
            `rules of servers   ${servers}`,
          ].join("\n"),
        );
      }),
    );
}
