import { Command, Option } from "commander";
import { createAccount, listAccounts } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import { rebuildIndex } from "#domain/search/indexing.ts";
import { renewGeneration } from "#domain/sync.ts";
import { createToken, revokeToken } from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import { serverRoles, type ServerRole } from "#lib/server-role.ts";
import { StartupError } from "#lib/startup-error.ts";
import { addAuditCommand } from "./audit.ts";
import { addEmojiCommands, type Within } from "./emoji.ts";
import { addFactorCommands } from "./factors.ts";
import { explainRefusal } from "./explain.ts";
import { readLine } from "./ask.ts";
import { addIssuerCommands } from "./issuers.ts";
import { addIpRuleCommands } from "./ip-rules.ts";
import { addOverviewCommand } from "./overview.ts";
import { addPasswordCommands } from "./passwords.ts";
import { addEndingCommands } from "./endings.ts";
import { addPeopleCommands, addRenameCommand } from "./people.ts";
import { addMovingCommands } from "./moving.ts";
import { addRoleCommands } from "./roles.ts";
import { addSignUpCommands } from "./sign-up.ts";
import { addServerCommands } from "./servers.ts";

/** What the commands need of the process that they run in. */
export interface Surroundings {
  /** Opens the server's database; `close` must be called before the process ends. */
  readonly open: () => Promise<{ readonly ctx: Context; close(): Promise<void> }>;
  /** The password from the environment, or asked for. */
  readonly readPassword: () => Promise<string>;
}

/** Runs one admin command; answers the exit code. Expected errors are one line on stderr that names what is at fault. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await buildProgram(surroundings).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof Refusal) console.error(`error: ${explainRefusal(error)}`);
    else if (error instanceof StartupError) console.error(`error: ${error.message}`);
    else throw error;
    return 1;
  }
}

function buildProgram({ open, readPassword }: Surroundings): Command {
  const within = async (work: (ctx: Context) => Promise<void>): Promise<void> => {
    const { ctx, close } = await open();
    try {
      await work(ctx);
    } finally {
      await close();
    }
  };
  const program = new Command("npm run cli --").description("Administers this Luciole server.");
  const user = program.command("user").description("people who can sign in here");
  user
    .command("create <handle>")
    .description("make an account; the password is taken from LUCIOLE_PASSWORD, or asked for")
    .addOption(new Option("--role <role>", "what it may do").choices(serverRoles).default("member"))
    .action(async (handle: string, options: { role: ServerRole }) => {
      const password = await readPassword();
      await within(async (ctx) => {
        const account = await createAccount(ctx, { handle, password, role: options.role });
        console.log(`@${account.handle}@${ctx.settings.host} can sign in now (${options.role}).`);
      });
    });
  user
    .command("list")
    .description("list all accounts, oldest first")
    .action(() => within(printAccounts));
  addPeopleCommands(user, within);
  addRenameCommand(user, within);
  addMovingCommands(user, within);
  addFactorCommands(user, within);
  addEndingCommands(user, within);
  addPasswordCommands(user, { within, readPassword });
  program
    .command("restored")
    .description("tell clients to start afresh; run it after a backup was put back, before the server starts")
    .action(() =>
      within(async (ctx) => {
        await renewGeneration(ctx);
        console.log("Every client starts afresh when it comes back; drafts and unsent messages stay.");
      }),
    );
  program
    .command("search-rebuild")
    .description("forget the index of words; the running server fills it anew, newest conversations first")
    .action(() =>
      within(async (ctx) => {
        await rebuildIndex(ctx);
        console.log("The index is empty; the server fills it anew within the next minutes.");
      }),
    );
  addTokenCommands(program, within);
  addEmojiCommands(program, within);
  addServerCommands(program, within);
  addSignUpCommands(program, within);
  addOffice(program, within);
  return program;
}

/** Who may what, whose word is taken, and what was done. */
function addOffice(program: Command, within: Within): void {
  addRoleCommands(program, within);
  addIpRuleCommands(program, within);
  addIssuerCommands(program, { within, readLine });
  addAuditCommand(program, within);
  addOverviewCommand(program, within);
}

function addTokenCommands(program: Command, within: Within): void {
  const token = program.command("token").description("bearer tokens for bots and scripts");
  token
    .command("create <handle>")
    .description("make a token that lasts until it is revoked, and print it and nothing else")
    .option("--name <name>", "shown where sessions are listed", "command line")
    .action((handle: string, { name }: { name: string }) =>
      within(async (ctx) => console.log((await createToken(ctx, { handle, name })).token)),
    );
  token
    .command("revoke [token]")
    .description("end a token and its open connections; without the token, or with -, it is read from stdin")
    .action(async (given: string | undefined) => {
      const bearer = given === undefined || given === "-" ? await readLine() : given;
      await within((ctx) => revokeToken(ctx, { token: bearer.trim() }));
      console.log("The token is revoked.");
    });
}

async function printAccounts(ctx: Context): Promise<void> {
  const accounts = await listAccounts(ctx);
  const width = Math.max(6, ...accounts.map(({ handle }) => handle.length));
  for (const { handle, role, createdAt, state } of accounts) {
    const line = [handle.padEnd(width), role.padEnd(6), createdAt.toISOString().slice(0, 10)];
    console.log([...line, ...(state === "active" ? [] : [state])].join("  "));
  }
  if (accounts.length === 0) console.error("There is no account yet.");
}
