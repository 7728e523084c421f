import {
  countAccounts as countAccountRows,
  findAccountByHandle,
  findAccountRole,
  findAccounts,
  insertAccount,
} from "#db/accounts.ts";
import type { Transaction } from "#db/connect.ts";
import { isHandleHeld } from "#db/handles.ts";
import { insertLocalPerson, type PersonRow } from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { ServerRole } from "#lib/server-role.ts";
import type { AuditDetails } from "./audit-actions.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { checkHandle, isWellFormed, normaliseHandle } from "./handles.ts";
import { makeKeyPairs, saveKeyPairs, type KeyPairs } from "./keys.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { transact } from "./transact.ts";

export interface CreateAccount {
  handle: string;
  password: string;
  role: ServerRole;
}

/** Makes an account as the operator. Refuses a bad or taken handle and a short password. */
export async function createAccount(ctx: Context, { role, ...input }: CreateAccount): Promise<PersonRow> {
  const handle = await checkHandle(ctx, { ...input, role });
  const [passwordHash, pairs] = await Promise.all([hashPassword(input.password), makeKeyPairs()]);
  const account = { handle, role, passwordHash, pairs, by: "command", actorId: null } as const;
  return await transact(ctx, (tx) => addAccount(ctx, tx, account));
}

/** An account that is about to be made, with everything checked that can be checked before. */
export interface NewAccount {
  /** As `checkHandle` answered it. */
  handle: string;
  /** What they are called; without it, as their handle. */
  name?: string;
  /** Null for who signs in by other ways only. */
  passwordHash: string | null;
  role: ServerRole;
  pairs: KeyPairs;
  by: AuditDetails["account.created"]["by"];
  /** Null for the command line, `themselves` for whoever it is made for. */
  actorId: PersonId | "themselves" | null;
  address?: string | undefined;
}

/** Makes a person who can sign in, with their actor's keys; the one place where that happens. Refuses `handle_taken`. */
export async function addAccount(ctx: Context, tx: Transaction, input: NewAccount): Promise<PersonRow> {
  const { handle, name = "", passwordHash, role, pairs, by, address } = input;
  const [personId, createdAt] = [newId<"person">(), ctx.now()];
  const inserted = await insertLocalPerson(tx, {
    id: personId,
    handle,
    ...(name !== "" && { name }),
    createdAt,
  });
  // Asked after the insertion, which waits for a rename that is giving the handle up just now.
  if (inserted === null || (await isHandleHeld(tx, handle)))
    throw new Refusal("handle_taken", { field: "handle" });
  await insertAccount(tx, { personId, passwordHash, role, createdAt });
  await saveKeyPairs(ctx, tx, { personId, pairs });
  const actorId = input.actorId === "themselves" ? personId : input.actorId;
  await audit(ctx, tx, { action: "account.created", actorId, personId, details: { by }, address });
  return inserted;
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
  const found = isWellFormed(handle) ? await findAccountByHandle(ctx.db, handle) : null;
  const passwordHash = found?.account.passwordHash ?? null;
  const right = await isPassword(input.password, passwordHash);
  if (!right || found === null || passwordHash === null) throw new Refusal("wrong_password");
  return { person: found.person, passwordHash };
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
