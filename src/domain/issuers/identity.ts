import { randomInt } from "node:crypto";
import type { Transaction } from "#db/connect.ts";
import { findIdentity, insertIdentity } from "#db/issuers.ts";
import { lockUri } from "#db/inbound.ts";
import type { PersonId } from "#lib/ids.ts";
import { customerOf } from "#lib/client-address.ts";
import { Refusal } from "#lib/refusal.ts";
import { addAccount } from "../accounts.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { checkHandle, HANDLE_LENGTH } from "../handles.ts";
import { checkDoor } from "../ip-rules.ts";
import { type KeyPairs, makeKeyPairs } from "../keys.ts";
import { countOne } from "../limits.ts";
import { transact } from "../transact.ts";
import type { Said } from "./claims.ts";

/** How often a name is looked for that nobody has. */
const TRIES = 5;
const DIGITS = 10_000;

export interface Newcomer {
  said: Said;
  /** Who made it known that they are somebody. */
  by: "provider" | "issuer";
  /** The client's; nobody new comes from nowhere. */
  address: string | null;
}

/** Whose account it is that an issuer speaks of; null for nobody's yet. */
export async function findKnown(ctx: Context, { issuer, subject }: Said): Promise<PersonId | null> {
  return (await findIdentity(ctx.db, { issuerId: issuer.id, subject }))?.personId ?? null;
}

/**
 * Makes an account for somebody whom an issuer names for the first time; of two who do it at once, both get the same. Refuses
 * `no_account` where the issuer makes none, `address_refused` and `too_many` as signing up does, and a handle that cannot be had.
 */
export async function makeAccount(
  ctx: Context,
  input: Newcomer & { handle: string; first?: (tx: Transaction) => Promise<unknown> },
): Promise<PersonId> {
  const { address } = input;
  if (!input.said.issuer.makesAccounts || address === null) throw new Refusal("no_account");
  await checkDoor(ctx, { address, door: "sign-up" });
  const handle = await checkHandle(ctx, { handle: input.handle, role: "member" });
  const retryAfter = await countOne(ctx, "signUp", customerOf(address));
  if (retryAfter !== undefined) throw new Refusal("too_many", { retryAfter });
  const pairs = await makeKeyPairs();
  return await transact(ctx, async (tx) => {
    await input.first?.(tx);
    return await addNewcomer(ctx, tx, { ...input, address, handle, pairs });
  });
}

/** The same with the handle that the issuer suggests, or else one like it: for whom nobody can ask. */
export async function makeAccountAlike(ctx: Context, input: Newcomer): Promise<PersonId> {
  const { handle: suggested } = input.said;
  for (let left = TRIES; ; left -= 1) {
    const handle = left === TRIES && suggested !== "" ? suggested : alike(suggested);
    try {
      return await makeAccount(ctx, { ...input, handle });
    } catch (error) {
      const isHandle = error instanceof Refusal && error.field === "handle";
      if (!isHandle || left === 0) throw error;
    }
  }
}

async function addNewcomer(
  ctx: Context,
  tx: Transaction,
  { said, by, address, handle, pairs }: Newcomer & { address: string; handle: string; pairs: KeyPairs },
): Promise<PersonId> {
  const { issuer, subject, name } = said;
  await lockUri(tx, `identity ${issuer.id} ${subject}`);
  const known = await findIdentity(tx, { issuerId: issuer.id, subject });
  if (known !== null) return known.personId;
  const made = { by, actorId: "themselves", role: "member", passwordHash: null, address } as const;
  const { id: personId } = await addAccount(ctx, tx, { handle, name, pairs, ...made });
  await addIdentity(ctx, tx, { said, personId, address });
  return personId;
}

/** Notes under which name an issuer knows somebody. Refuses `identity_taken`. */
export async function addIdentity(
  ctx: Context,
  tx: Transaction,
  {
    said,
    personId,
    address,
  }: { said: Pick<Said, "issuer" | "subject">; personId: PersonId; address?: string | undefined },
): Promise<void> {
  const { issuer, subject } = said;
  const row = { issuerId: issuer.id, subject, personId, createdAt: ctx.now() };
  if (!(await insertIdentity(tx, row))) throw new Refusal("identity_taken");
  const details = { slug: issuer.slug };
  await audit(ctx, tx, { action: "identity.linked", actorId: personId, personId, details, address });
}

function alike(suggested: string): string {
  const number = String(randomInt(DIGITS)).padStart(String(DIGITS - 1).length, "0");
  const base = (suggested || "someone").slice(0, HANDLE_LENGTH - number.length - 1);
  return `${base}_${number}`;
}
