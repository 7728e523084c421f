import { hash, verify } from "@node-rs/argon2";
import { Refusal } from "#lib/refusal.ts";

export const PASSWORD_LENGTH = 8;
const PASSWORD_MAX = 1_000;
/** argon2id (RFC 9106) as OWASP recommends for interactive sign-in. */
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Refuses a password that is too short or too long. */
export function checkPassword(password: string): void {
  if (password.length < PASSWORD_LENGTH) throw new Refusal("password_too_short", { field: "password" });
  if (password.length > PASSWORD_MAX) throw new Refusal("too_long", { field: "password" });
}

/** What is kept of a new password. Refuses one that is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  checkPassword(password);
  return await hash(password, ARGON);
}

/** Whether a password is the one that a hash was made of; takes as long where there is none. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const right = await verify(passwordHash ?? (await nobodysHash()), password.slice(0, PASSWORD_MAX));
  return right && passwordHash !== null;
}

let nobody: Promise<string> | undefined;

/** A hash of nothing anybody knows, so that an unknown handle costs what a wrong password costs. */
function nobodysHash(): Promise<string> {
  nobody ??= hash(crypto.randomUUID(), ARGON);
  return nobody;
}
