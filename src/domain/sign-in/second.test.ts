import { expect, test } from "vitest";
import {
  askedForMore,
  codeAt,
  givePasskey,
  giveTotp,
  worldWith,
} from "../../../test/helpers/second-factor.ts";
import { device } from "../../../test/helpers/sign-in.ts";
import type { Context } from "../context.ts";
import { authenticate } from "../tokens.ts";
import { beginSession, readFactors } from "./begin.ts";
import { removePasskey, renamePasskey } from "./passkeys.ts";
import type { Proof } from "./prove.ts";
import { makeRecoveryCodes } from "./recovery.ts";
import { beginPasskeySignIn, finishPasskeySignIn, finishSecondStep } from "./second.ts";
import { beginTotp, confirmTotp, removeTotp } from "./totp.ts";

const STEP_MS = 30_000;

async function finish(ctx: Context, ticket: string, proof: Proof) {
  return await finishSecondStep(ctx, { ticket, proof, device });
}

test("whoever has an authenticator is asked for its code after the password, and gets in with it", async () => {
  const { ctx, people } = await worldWith("ann");
  const { secret, uri } = await giveTotp(ctx, people[0]!);
  expect(uri).toMatch(/^otpauth:\/\/totp\/a\.example:ann\?issuer=a\.example&secret=[A-Z2-7]{32}&/);
  const { ticket, factors, passkey } = await askedForMore(ctx, "ann");
  expect([factors, passkey]).toEqual([["totp", "recovery"], null]);
  const code = codeAt(ctx, secret);
  const { tokens } = await finish(ctx, ticket, { totp: `${code.slice(0, 3)} ${code.slice(3)}` });
  expect(await authenticate(ctx, tokens.access)).toMatchObject({ personId: people[0] });
});

test("an authenticator counts for nothing until a code has shown that it is there, and is kept sealed", async () => {
  const { ctx, people, connection } = await worldWith("ann");
  const personId = people[0]!;
  const first = await beginTotp(ctx, personId);
  const { secret } = await beginTotp(ctx, personId);
  for (const code of ["000000", "", "abcdef", codeAt(ctx, first.secret), codeAt(ctx, secret, 10 * STEP_MS)])
    await expect(confirmTotp(ctx, { personId, code })).rejects.toMatchObject({ code: "wrong_code" });
  expect(await readFactors(ctx, personId)).toEqual({ totp: false, codesLeft: 0, passkeys: [] });
  expect(await confirmTotp(ctx, { personId, code: codeAt(ctx, secret) })).toHaveLength(10);
  await expect(beginTotp(ctx, personId)).rejects.toMatchObject({ code: "factor_exists" });
  const [row] = await connection.sql<{ secret: Buffer }[]>`select secret from totp`;
  expect(row!.secret.toString("latin1")).not.toContain(secret);
  await removeTotp(ctx, { personId });
  expect(await readFactors(ctx, personId)).toEqual({ totp: false, codesLeft: 0, passkeys: [] });
  await expect(removeTotp(ctx, { personId })).rejects.toMatchObject({ code: "not_found" });
});

test("each recovery code lets somebody in once, however it is typed, and new ones end the older", async () => {
  const { ctx, people, connection } = await worldWith("ann");
  const personId = people[0]!;
  const { codes } = await giveTotp(ctx, personId);
  expect(new Set(codes).size).toBe(10);
  const enter = async (recovery: string) =>
    await finish(ctx, (await askedForMore(ctx, "ann")).ticket, { recovery });
  await enter(codes[0]!.toUpperCase().replaceAll("-", " "));
  await expect(enter(codes[0]!)).rejects.toMatchObject({ code: "wrong_code", field: "recovery" });
  const fresh = await makeRecoveryCodes(ctx, { personId });
  await expect(enter(codes[1]!)).rejects.toMatchObject({ code: "wrong_code" });
  await enter(fresh[1]!);
  const kept = await connection.sql`select encode(hash, 'escape') as kept from recovery_code`;
  expect(JSON.stringify(kept)).not.toContain(fresh[0]);
  const noted = await connection.sql`select from audit_entry where action = 'recovery-code.used'`;
  expect(noted).toHaveLength(2);
});

test("a passkey lets its owner in without a handle, and is asked for no second factor", async () => {
  const { ctx, people } = await worldWith("ann");
  await giveTotp(ctx, people[0]!);
  const { authenticator, codes } = await givePasskey(ctx, people[0]!);
  expect(codes).toBeNull();
  const { ticket, options } = await beginPasskeySignIn(ctx);
  expect(options).toMatchObject({ rpId: "a.example", userVerification: "required", allowCredentials: [] });
  const entered = await finishPasskeySignIn(ctx, { ticket, passkey: authenticator.get(options), device });
  expect(entered.personId).toBe(people[0]);
  if (!("tokens" in entered)) throw new Error("more is asked for");
  expect(await authenticate(ctx, entered.tokens.access)).toMatchObject({ personId: people[0] });
});

test("a passkey is a second factor too, and its loss is what recovery codes are for", async () => {
  const { ctx, people } = await worldWith("ann");
  const { authenticator, codes, passkey } = await givePasskey(ctx, people[0]!);
  const one = await askedForMore(ctx, "ann");
  expect(one.factors).toEqual(["passkey", "recovery"]);
  expect(one.passkey?.allowCredentials).toMatchObject([{ id: passkey.id }]);
  await finish(ctx, one.ticket, { passkey: authenticator.get(one.passkey!) });
  await finish(ctx, (await askedForMore(ctx, "ann")).ticket, { recovery: codes![0]! });
  await removePasskey(ctx, { personId: people[0]!, id: passkey.id });
  await expect(askedForMore(ctx, "ann")).rejects.toThrow("nothing more");
});

test("nobody touches another's passkey", async () => {
  const { ctx, people } = await worldWith("ann", "eve");
  const { passkey } = await givePasskey(ctx, people[0]!);
  const theirs = { personId: people[1]!, id: passkey.id };
  await expect(renamePasskey(ctx, { ...theirs, name: "x" })).rejects.toMatchObject({ code: "not_found" });
  await expect(removePasskey(ctx, theirs)).rejects.toMatchObject({ code: "not_found" });
  expect(await renamePasskey(ctx, { ...theirs, personId: people[0]!, name: "x" })).toMatchObject({
    name: "x",
  });
});

test("whoever a provider vouches for is asked for the second step that they have here", async () => {
  const { ctx, people } = await worldWith("ann");
  await giveTotp(ctx, people[0]!);
  const begun = await beginSession(ctx, { personId: people[0]!, device, by: "provider" });
  expect(begun).toMatchObject({ factors: ["totp", "recovery"] });
});
