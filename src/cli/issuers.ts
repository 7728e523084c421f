import { Option, type Command } from "commander";
import type { Context } from "#domain/context.ts";
import { callbackOf } from "#domain/issuers/address.ts";
import {
  addIssuer,
  changeIssuer,
  type Issuer,
  type IssuerChange,
  listIssuers,
  removeIssuer,
} from "#domain/issuers/issuers.ts";
import { Refusal } from "#lib/refusal.ts";
import { signatureAlgorithms } from "#lib/signature-algorithms.ts";
import type { Within } from "./emoji.ts";

interface Options {
  name?: string;
  clientId?: string;
  audience?: string;
  jwks?: string;
  algorithm?: string[];
  subjectClaim?: string;
  handleClaim?: string;
  nameClaim?: string;
  sessionClaim?: string;
  secret?: boolean;
  sharedKey?: boolean;
  accounts?: boolean;
  disabled?: boolean;
}

interface Surroundings {
  within: Within;
  /** A secret is read from there, so that no list of processes shows it. */
  readLine: () => Promise<string>;
}

/** Adds the commands about who else says who people are. */
export function addIssuerCommands(program: Command, { within, readLine }: Surroundings): void {
  const issuer = program.command("issuer").description("who else says who people are");
  issuer
    .command("list")
    .description("list all issuers, oldest first")
    .action(() => within(printIssuers));
  describeOptions(issuer.command("add <slug> <uri>"))
    .description(
      "take somebody's word: people sign in there (--client-id), or its tokens are taken (--audience)",
    )
    .action(async (slug: string, uri: string, options: Options) => {
      const { name = slug, ...change } = await readChange(options, readLine);
      await within(async (ctx) => {
        const made = await addIssuer(ctx, {
          by: null,
          issuer: { ...nothing, ...change, slug, uri, name },
        });
        console.log(describeIssuer(ctx, made));
      });
    });
  describeOptions(issuer.command("change <slug>"))
    .description("decide anew; what is left out stays")
    .option("--disabled", "take its word no more for now")
    .option("--no-disabled", "take it again")
    .action(async (slug: string, options: Options) => {
      const change = await readChange(options, readLine);
      await within(async (ctx) => {
        const { id } = await findIssuer(ctx, slug);
        console.log(describeIssuer(ctx, await changeIssuer(ctx, { by: null, id, change })));
      });
    });
  issuer
    .command("remove <slug>")
    .description("take its word no more, and forget whom it knew")
    .action((slug: string) =>
      within(async (ctx) => {
        const { id } = await findIssuer(ctx, slug);
        await removeIssuer(ctx, { by: null, id });
        console.log("The issuer is gone.");
      }),
    );
}

const nothing = {
  signsIn: false,
  clientId: null,
  clientSecret: null,
  acceptsTokens: false,
  audience: null,
  jwksUri: null,
  sharedKey: null,
  algorithms: [],
  claims: {},
  makesAccounts: false,
};

function describeOptions(command: Command): Command {
  return command
    .option("--name <name>", "as people read it")
    .option("--client-id <id>", "people sign in there; by this id it knows this server")
    .option("--secret", "the client's secret is read from stdin")
    .option("--audience <aud>", "its tokens are taken that name this audience")
    .option("--jwks <url>", "where its keys are; without it they are discovered")
    .option("--shared-key", "a key that both have, read from stdin, in place of its own")
    .addOption(new Option("--algorithm <name...>", "by which it may sign").choices(signatureAlgorithms))
    .option("--subject-claim <name>", "which claim names people (sub)")
    .option("--handle-claim <name>", "which suggests their handle (preferred_username)")
    .option("--name-claim <name>", "which is their name (name)")
    .option("--session-claim <name>", "which is their session (sid)")
    .option("--accounts", "whom it names for the first time gets an account")
    .option("--no-accounts", "only who has linked an account is let in");
}

async function readChange(options: Options, readLine: () => Promise<string>): Promise<IssuerChange> {
  const { name, clientId, audience, jwks, algorithm, accounts, disabled } = options;
  const secret = options.secret || options.sharedKey ? (await readLine()).trim() : "";
  const claims = {
    ...(options.subjectClaim !== undefined && { subject: options.subjectClaim }),
    ...(options.handleClaim !== undefined && { handle: options.handleClaim }),
    ...(options.nameClaim !== undefined && { name: options.nameClaim }),
    ...(options.sessionClaim !== undefined && { session: options.sessionClaim }),
  };
  return {
    ...(name !== undefined && { name }),
    ...(clientId !== undefined && { clientId, signsIn: true }),
    ...(options.secret && { clientSecret: secret }),
    ...(audience !== undefined && { audience, acceptsTokens: true }),
    ...(jwks !== undefined && { jwksUri: jwks }),
    ...(options.sharedKey && { sharedKey: secret }),
    ...(algorithm !== undefined && { algorithms: algorithm }),
    ...(Object.keys(claims).length > 0 && { claims }),
    ...(accounts !== undefined && { makesAccounts: accounts }),
    ...(disabled !== undefined && { disabled }),
  };
}

async function findIssuer(ctx: Context, slug: string): Promise<Issuer> {
  const found = (await listIssuers(ctx, { by: null })).find((one) => one.slug === slug);
  if (found === undefined) throw new Refusal("not_found", { field: "slug" });
  return found;
}

async function printIssuers(ctx: Context): Promise<void> {
  const issuers = await listIssuers(ctx, { by: null });
  for (const one of issuers) console.log(describeIssuer(ctx, one));
  if (issuers.length === 0) console.error("Nobody else says who people are.");
}

function describeIssuer(ctx: Context, one: Issuer): string {
  const ways = [one.signsIn && "sign-in", one.acceptsTokens && "tokens"].filter(Boolean).join(",");
  const accounts = one.makesAccounts ? "makes accounts" : "links only";
  const state = one.disabledAt === null ? "" : "disabled";
  const back = one.signsIn ? callbackOf(ctx.settings, one.slug) : "";
  return [one.slug, one.uri, ways, one.algorithms.join(","), accounts, state, back]
    .filter(Boolean)
    .join("  ");
}
