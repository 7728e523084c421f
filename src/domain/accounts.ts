import { hash, verify } from "@node-rs/argon2";
import {
  countAccounts as countAccountRows,
  findAccountByHandle,
  findAccountRole,
  findAccounts,
  insertAccount,
} from "#db/accounts.ts";
import { insertLocalPerson, type PersonRow } from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { administers, type ServerRole } from "#lib/server-role.ts";
import type { Context } from "./context.ts";
import { makeKeyPairs, saveKeyPairs } from "./keys.ts";
import { readServerSettings } from "./server-settings.ts";
import { transact } from "./transact.ts";

export const HANDLE_LENGTH = 30;
export const PASSWORD_LENGTH = 8;
const PASSWORD_MAX = 1_000;
/** argon2id (RFC 9106) as OWASP recommends for interactive sign-in. */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Names that readers would take for the server speaking; only an administrator may carry one. */
const RESERVED = new Set(
  "admin administrator abuse help info moderator mod official owner postmaster root security server staff support system webmaster".split(
    " ",
  ),
);

const WELL_FORMED = /^[a-z0-9_]+$/;

/** The one spelling under which a handle is compared and counted: without `@` and capitals. */
export function normaliseHandle(text: string): string {
  return text.trim().replace(/^@/, "").toLowerCase();
}

export interface CreateAccount {
  handle: string;
  password: string;
  role: ServerRole;
}

/** Makes a person who can sign in, with their actor's keys. Refuses a bad or taken handle and a short password. */
export async function createAccount(ctx: Context, input: CreateAccount): Promise<PersonRow> {
  const handle = checkHandle(input);
  checkPassword(input.password);
  const [passwordHash, pairs] = await Promise.all([hash(input.password, ARGON), makeKeyPairs()]);
  const createdAt = ctx.now();
  const person = { id: newId<"person">(), handle, createdAt };
  return await transact(ctx, async (tx) => {
    const inserted = await insertLocalPerson(tx, person);
    if (inserted === null) throw new Refusal("handle_taken", { field: "handle" });
    await insertAccount(tx, { personId: person.id, passwordHash, role: input.role, createdAt });
    await saveKeyPairs(ctx, tx, { personId: person.id, pairs });
    return inserted;
  });
}

/** Makes an account for somebody who asks for one, if this server lets them. */
export async function signUp(ctx: Context, input: { handle: string; password: string }): Promise<PersonRow> {
  if ((await readServerSettings(ctx)).registration !== "open") throw new Refusal("registration_closed");
  return await createAccount(ctx, { ...input, role: "member" });
}

/**
 * Checks a password; takes as long for a handle that does not exist. Answers whose it is, and by what it was found right.
 * Refuses `wrong_password`.
 */
export async function checkSignIn(
  ctx: Context,
  input: { handle: string; password: string },
): Promise<{ person: PersonRow; passwordHash: string }> {
  const handle = normaliseHandle(input.handle);
  const found = WELL_FORMED.test(handle) ? await findAccountByHandle(ctx.db, handle) : null;
  const right = await verify(
    found?.account.passwordHash ?? (await nobodysHash()),
    input.password.slice(0, PASSWORD_MAX),
  );
  if (found?.account.passwordHash == null || !right) throw new Refusal("wrong_password");
  return { person: found.person, passwordHash: found.account.passwordHash };
}

/** All who can sign in, oldest first. */
export async function listAccounts(ctx: Context) {
  return await findAccounts(ctx.db);
}

/** How many people can sign in, and how many of them administer. */
export async function countAccounts(ctx: Context): Promise<{ all: number; admins: number }> {
  return await countAccountRows(ctx.db);
}

/** What somebody may do on this server as a whole; refuses a person without an account. */
export async function readRole(ctx: Context, personId: PersonId): Promise<ServerRole> {
  const role = await findAccountRole(ctx.db, personId);
  if (role === null) throw new Refusal("not_found");
  return role;
}

let nobody: Promise<string> | undefined;

/** A hash of nothing anybody knows, so that an unknown handle costs what a wrong password costs. */
function nobodysHash(): Promise<string> {
  nobody ??= hash(crypto.randomUUID(), ARGON);
  return nobody;
}

function checkHandle(input: CreateAccount): string {
  const handle = normaliseHandle(input.handle);
  const wellFormed = WELL_FORMED.test(handle) && handle.length <= HANDLE_LENGTH;
  const allowed = administers(input.role) || !RESERVED.has(handle);
  if (!wellFormed || !allowed) throw new Refusal("handle_invalid", { field: "handle" });
  return handle;
}

function checkPassword(password: string): void {
  if (password.length < PASSWORD_LENGTH) throw new Refusal("password_too_short", { field: "password" });
  if (password.length > PASSWORD_MAX) throw new Refusal("too_long", { field: "password" });
}
