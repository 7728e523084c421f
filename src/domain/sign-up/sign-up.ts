import type { PersonRow } from "#db/people.ts";
import { insertRequest, type SignUpRequestRow } from "#db/sign-up.ts";
import { newId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { addAccount } from "../accounts.ts";
import type { Context } from "../context.ts";
import { checkFree, checkHandle } from "../handles.ts";
import type { Language } from "#lib/language.ts";
import { checkMails } from "../mail/order.ts";
import { makeKeyPairs } from "../keys.ts";
import { hashPassword } from "../passwords.ts";
import { readServerSettings } from "../server-settings.ts";
import { transact } from "../transact.ts";
import { takeCode } from "./codes.ts";
import { orderConfirmation } from "./email.ts";

export interface SignUp {
  handle: string;
  password: string;
  /** Lets them in where a code is asked for, and without asking anybody where somebody would have to agree. */
  code?: string | undefined;
  /** For whoever decides, where somebody must agree. */
  reason?: string | undefined;
  /** Where they can be reached; they are asked there whether it is theirs. */
  email?: string | undefined;
  /** In which they are written to. */
  language?: Language;
  /** The client's address. */
  address?: string | undefined;
}

/**
 * Makes an account for somebody who asks for one, as far as this server lets them; null where somebody has to agree
 * first. Refuses `registration_closed`, `sign_up_code_invalid`, a handle that cannot be had, a password that is too short.
 */
export async function signUp(ctx: Context, input: SignUp): Promise<PersonRow | null> {
  const { code, address, email, language = "en" } = input;
  if (email !== undefined) checkMails(ctx, "email");
  const { registration } = await readServerSettings(ctx);
  if (registration === "closed") throw new Refusal("registration_closed");
  if (registration === "invite" && code === undefined)
    throw new Refusal("sign_up_code_invalid", { field: "code" });
  const handle = await checkHandle(ctx, { ...input, role: "member" });
  const passwordHash = await hashPassword(input.password);
  if (registration === "approval" && code === undefined) {
    await ask(ctx, { handle, passwordHash, email: email ?? null, reason: input.reason ?? "", language });
    return null;
  }
  const pairs = await makeKeyPairs();
  const made = { by: "sign-up", actorId: "themselves", role: "member", address } as const;
  return await transact(ctx, async (tx) => {
    if (code !== undefined) await takeCode(ctx, tx, code);
    const person = await addAccount(ctx, tx, { handle, passwordHash, pairs, ...made });
    if (email !== undefined)
      await orderConfirmation(ctx, tx, { letter: "confirm", personId: person.id, email, language });
    return person;
  });
}

/** Waits until somebody agrees; nobody is made before. */
async function ask(ctx: Context, request: Omit<SignUpRequestRow, "id" | "createdAt">): Promise<void> {
  await transact(ctx, async (tx) => {
    await checkFree(tx, request.handle);
    const row = { id: newId<"sign-up-request">(), createdAt: ctx.now(), ...request };
    if (!(await insertRequest(tx, row))) throw new Refusal("handle_taken", { field: "handle" });
  });
}
