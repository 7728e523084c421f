import { Argument, type Command, InvalidArgumentError } from "commander";
import { findByHandle } from "#domain/people-rules.ts";
import { readFactors } from "#domain/sign-in/begin.ts";
import { removePasskey } from "#domain/sign-in/passkeys.ts";
import { removeTotp } from "#domain/sign-in/totp.ts";
import { giveEmail, readEmail } from "#domain/sign-up/email.ts";
import type { Within } from "./emoji.ts";

const authenticator = "totp";

/** Adds the commands for who lost what they sign in with, or where they are reached. */
export function addFactorCommands(user: Command, within: Within): void {
  const factor = user.command("factor").description("what somebody is asked for besides a password");
  factor
    .command("list <handle>")
    .description("list somebody's authenticator and passkeys")
    .action((handle: string) =>
      within(async (ctx) => {
        const { totp, codesLeft, passkeys } = await readFactors(ctx, (await findByHandle(ctx, handle)).id);
        if (totp) console.log(authenticator);
        for (const { id, name, createdAt } of passkeys)
          console.log([id, createdAt.toISOString().slice(0, 10), name].join("  "));
        if (totp || passkeys.length > 0) console.log(`${codesLeft} recovery codes are left.`);
        else console.error("Nothing but a password is asked for.");
      }),
    );
  factor
    .command("remove <handle> <factor>")
    .description("take away what somebody has lost: `totp`, or a passkey as the list names it")
    .action((handle: string, id: string) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        if (id === authenticator) await removeTotp(ctx, { personId, by: null });
        else await removePasskey(ctx, { personId, id, by: null });
        console.log("It is not asked for any more.");
      }),
    );
  user
    .command("email <handle>")
    .description("tell where somebody is reached; with an address, let it be that one: you vouch for it")
    .addArgument(new Argument("[address]").argParser(readAddress))
    .option("--none", "let it be nowhere")
    .action((handle: string, address: string | undefined, { none = false }: { none?: boolean }) =>
      within(async (ctx) => {
        const { id: personId } = await findByHandle(ctx, handle);
        if (none) await giveEmail(ctx, { personId, email: null });
        else if (address !== undefined) await giveEmail(ctx, { personId, email: address });
        const { email, waiting } = await readEmail(ctx, personId);
        console.log(email ?? "none");
        if (waiting !== null) console.log(`${waiting} is not confirmed yet.`);
      }),
    );
}

/** One address, and nothing that a mail server could take for another. */
function readAddress(text: string): string {
  if (text.length > 254 || !/^[^\s@,;:<>()"]+@[\w.-]+$/u.test(text))
    throw new InvalidArgumentError("An e-mail address is expected.");
  return text;
}
