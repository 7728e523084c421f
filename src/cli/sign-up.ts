import { Argument, type Command, InvalidArgumentError } from "commander";
import type { Context } from "#domain/context.ts";
import { changeServerSettings, readServerSettings } from "#domain/server-settings.ts";
import { createCode, listCodes, revokeCode, type SignUpCode } from "#domain/sign-up/codes.ts";
import {
  approveSignUp,
  findSignUpRequest,
  listSignUpRequests,
  rejectSignUp,
} from "#domain/sign-up/requests.ts";
import { Refusal } from "#lib/refusal.ts";
import { registrationModes, type Registration } from "#lib/registration.ts";
import type { Within } from "./emoji.ts";

const DAY_MS = 24 * 3600 * 1000;
/** How many codes, or people who wait, are listed. */
const LISTED = 1_000;

/** Adds the commands that say how people get accounts. */
export function addSignUpCommands(program: Command, within: Within): void {
  const signUp = program.command("sign-up").description("how people get accounts");
  signUp
    .command("mode")
    .description("say who may sign up, from now on; without a mode, tell how it is")
    .addArgument(new Argument("[mode]").choices(registrationModes))
    .action((mode: Registration | undefined) =>
      within(async (ctx) => {
        const change = mode === undefined ? null : { registration: mode };
        const settings =
          change === null
            ? await readServerSettings(ctx)
            : await changeServerSettings(ctx, { by: null, change });
        console.log(settings.registration);
      }),
    );
  addRequestCommands(signUp, within);
  addCodeCommands(signUp.command("code").description("codes for new accounts"), within);
}

function addRequestCommands(signUp: Command, within: Within): void {
  signUp
    .command("requests")
    .description("list those who wait for an account, oldest first")
    .action(() =>
      within(async (ctx) => {
        const requests = await listSignUpRequests(ctx, { by: null, after: null, limit: LISTED });
        for (const { handle, reason, createdAt } of requests)
          console.log(`${handle}  ${day(createdAt)}  ${onOneLine(reason)}`.trimEnd());
        if (requests.length === 0) console.error("Nobody waits.");
      }),
    );
  signUp
    .command("approve <handle>")
    .description("make the account that somebody waits for")
    .action((handle: string) =>
      within(async (ctx) => {
        const { id } = await findSignUpRequest(ctx, handle);
        const person = await approveSignUp(ctx, { by: null, id });
        console.log(`@${person.handle} can sign in now.`);
      }),
    );
  signUp
    .command("reject <handle>")
    .description("let somebody wait no longer")
    .action((handle: string) =>
      within(async (ctx) => {
        const request = await findSignUpRequest(ctx, handle);
        await rejectSignUp(ctx, { by: null, id: request.id });
        console.log(`@${request.handle} does not wait any more.`);
      }),
    );
}

function addCodeCommands(code: Command, within: Within): void {
  code
    .command("create")
    .description("make a code, and print it and nothing else")
    .option("--uses <number>", "for so many accounts; 0 for as many as like", wholeNumber, 1)
    .option("--days <number>", "for so many days; without it, until it is taken back", wholeNumber)
    .option("--note <note>", "why, for those who read the list", "")
    .action(({ uses, days, note }: { uses: number; days?: number; note: string }) =>
      within(async (ctx) => {
        const expiresAt = days === undefined ? null : new Date(ctx.now().getTime() + days * DAY_MS);
        const made = await createCode(ctx, { by: null, uses: uses === 0 ? null : uses, expiresAt, note });
        console.log(made.code);
      }),
    );
  code
    .command("list")
    .description("list all codes, newest first")
    .action(() => within(printCodes));
  code
    .command("revoke <code>")
    .description("take a code back; who came in by it stays")
    .action((text: string) =>
      within(async (ctx) => {
        const codes = await listCodes(ctx, { by: null, before: null, limit: LISTED });
        const found = codes.find((one) => one.code === text);
        if (found === undefined) throw new Refusal("not_found", { field: "code" });
        await revokeCode(ctx, { by: null, id: found.id });
        console.log("The code is taken back.");
      }),
    );
}

async function printCodes(ctx: Context): Promise<void> {
  const codes = await listCodes(ctx, { by: null, before: null, limit: LISTED });
  for (const one of codes) console.log(describeCode(ctx, one));
  if (codes.length === 0) console.error("There is no code.");
}

function describeCode(ctx: Context, { code, used, uses, expiresAt, revokedAt, note }: SignUpCode): string {
  const isOver = expiresAt !== null && expiresAt <= ctx.now();
  const until = expiresAt === null ? "" : `until ${day(expiresAt)}`;
  const state = revokedAt !== null ? "taken back" : isOver ? "over" : until;
  return [code, `${used}/${uses ?? "-"}`, state, onOneLine(note)].filter(Boolean).join("  ");
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("A whole number is expected.");
  return Number(text);
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** What others wrote moves no cursor and forges no line. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}
