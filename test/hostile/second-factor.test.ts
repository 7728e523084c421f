import { expect, onTestFinished, test } from "vitest";
import { connect } from "#db/connect.ts";
import { createAccount } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import { beginPasskey, finishPasskey } from "#domain/sign-in/passkeys.ts";
import { beginPasskeySignIn, finishPasskeySignIn, finishSecondStep } from "#domain/sign-in/second.ts";
import { limitNumbers } from "#domain/limits.ts";
import { confirm } from "#domain/sign-in/confirm.ts";
import { authenticate, endSessions } from "#domain/tokens.ts";
import { transact } from "#domain/transact.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import { startApp } from "../helpers/app.ts";
import { Authenticator, type Departure } from "../helpers/authenticator.ts";
import {
  askedForMore,
  codeAt,
  givePasskey,
  giveTotp,
  password,
  worldWith,
} from "../helpers/second-factor.ts";
import { device } from "../helpers/sign-in.ts";

const STEP_MS = 30_000;

function finish(ctx: Context, ticket: string, totp: string) {
  return finishSecondStep(ctx, { ticket, proof: { totp }, device });
}

test("CL-16 a code is used once: not again, not at the same time, and none before it", async () => {
  const { ctx, people, pass, connection } = await worldWith("ann");
  const { secret } = await giveTotp(ctx, people[0]!);
  const tickets = await Promise.all(Array.from({ length: 3 }, () => askedForMore(ctx, "ann")));
  const code = codeAt(ctx, secret);
  const tried = await Promise.allSettled(tickets.map(({ ticket }) => finish(ctx, ticket, code)));
  expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  pass(STEP_MS);
  const { ticket } = await askedForMore(ctx, "ann");
  await expect(finish(ctx, ticket, code)).rejects.toMatchObject({ code: "wrong_code" });
  await expect(finish(ctx, ticket, codeAt(ctx, secret, -2 * STEP_MS))).rejects.toMatchObject({
    code: "wrong_code",
  });
  await finish(ctx, ticket, codeAt(ctx, secret));
  await expect(finish(ctx, ticket, codeAt(ctx, secret, STEP_MS))).rejects.toMatchObject({
    code: "ticket_invalid",
  });
  expect(await connection.sql`select from session`).toHaveLength(2);
});

test("CL-16 five wrong codes end a ticket, however many come at once", async () => {
  const { ctx, people } = await worldWith("ann");
  const { secret } = await giveTotp(ctx, people[0]!);
  const wrong = codeAt(ctx, secret, 100 * STEP_MS);
  const { ticket } = await askedForMore(ctx, "ann");
  const tried = await Promise.allSettled(Array.from({ length: 10 }, () => finish(ctx, ticket, wrong)));
  const codes = tried.map((each) =>
    each.status === "rejected" ? (each.reason as { code: string }).code : "in",
  );
  expect(codes.filter((code) => code === "wrong_code")).toHaveLength(5);
  expect(codes.filter((code) => code === "ticket_invalid")).toHaveLength(5);
  await expect(finish(ctx, ticket, codeAt(ctx, secret))).rejects.toMatchObject({ code: "ticket_invalid" });
});

/** Has the password and tries codes from an address, each time by a new ticket, until that is refused; answers how many were taken. */
async function guess(ctx: Context, { secret, address }: { secret: string; address: string }) {
  const wrong = codeAt(ctx, secret, 100 * STEP_MS);
  for (let taken = 0; taken < 200; taken += 1) {
    const { ticket } = await askedForMore(ctx, "ann");
    const tried = finishSecondStep(ctx, { ticket, proof: { totp: wrong }, device: { ...device, address } });
    const code = await tried.catch((error: unknown) => (error as { code: string }).code);
    if (code === "too_many_codes") return taken;
    expect(code).toBe("wrong_code");
  }
  throw new Error("nothing ends the guessing");
}

test("CL-16 whoever guesses codes from one address ends there, and the owner comes in from theirs, at every node", async () => {
  const world = await worldWith("ann");
  const { ctx, people } = world;
  const { secret } = await giveTotp(ctx, people[0]!);
  expect(await guess(ctx, { secret, address: "203.0.113.9" })).toBe(20);
  const other = connect(world.url);
  onTestFinished(() => other.close());
  expect(await guess({ ...ctx, db: other.db }, { secret, address: "203.0.113.9" })).toBe(0);
  await finish(ctx, (await askedForMore(ctx, "ann")).ticket, codeAt(ctx, secret));
});

test("CL-16 whoever guesses from everywhere ends too, and keeps the owner from neither recovery codes, passkeys nor their session", async () => {
  const world = await worldWith("ann");
  const ctx = { ...world.ctx, settings: { ...world.ctx.settings, limits: { ...limitNumbers, code: 3 } } };
  const personId = world.people[0]!;
  const { secret, codes } = await giveTotp(ctx, personId);
  const { authenticator } = await givePasskey(ctx, personId);
  const enter = async (proofOf: (step: SecondStep) => Parameters<typeof finishSecondStep>[1]["proof"]) => {
    const step = (await askedForMore(ctx, "ann")) as SecondStep;
    return await finishSecondStep(ctx, { ticket: step.ticket, proof: proofOf(step), device });
  };
  expect(await guess(ctx, { secret, address: "203.0.113.9" })).toBe(3);
  expect(await guess(ctx, { secret, address: "203.0.113.10" })).toBe(0);
  await expect(enter(() => ({ totp: codeAt(ctx, secret) }))).rejects.toMatchObject({
    code: "too_many_codes",
  });
  const { tokens } = await enter(() => ({ recovery: codes[0]! }));
  await enter(({ passkey }) => ({ passkey: authenticator.get(passkey as never) }));
  const { sessionId } = await authenticate(ctx, tokens.access);
  const confirmation = { totp: codeAt(ctx, secret) };
  expect(await confirm(ctx, { personId, sessionId, via: "session", confirmation })).toBeTruthy();
});

test("CL-16 no step is skipped: by another's ticket, a run-out one, one from before a new password, or somebody else's code", async () => {
  const { ctx, people, pass } = await worldWith("ann", "eve");
  const [ann, eve] = [people[0]!, people[1]!];
  const { secret } = await giveTotp(ctx, ann);
  const evil = await giveTotp(ctx, eve);
  const { authenticator } = await givePasskey(ctx, eve);
  const { ticket } = await askedForMore(ctx, "ann");
  await expect(finish(ctx, ticket, codeAt(ctx, evil.secret))).rejects.toMatchObject({ code: "wrong_code" });
  const { options } = await beginPasskeySignIn(ctx);
  const passkey = authenticator.get(options);
  await expect(finishSecondStep(ctx, { ticket, proof: { passkey }, device })).rejects.toMatchObject({
    code: "wrong_passkey",
  });
  await expect(finishPasskeySignIn(ctx, { ticket, passkey, device })).rejects.toMatchObject({
    code: "ticket_invalid",
  });
  await transact(ctx, (tx) => endSessions(ctx, tx, { personId: ann }));
  await expect(finish(ctx, ticket, codeAt(ctx, secret))).rejects.toMatchObject({ code: "ticket_invalid" });
  const late = await askedForMore(ctx, "ann");
  pass(300_000);
  await expect(finish(ctx, late.ticket, codeAt(ctx, secret))).rejects.toMatchObject({
    code: "ticket_invalid",
  });
});

test("CL-16 nothing opens before the second step: no cookie, no token, no socket, no REST", async () => {
  const app = await startApp();
  const { id } = await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  await giveTotp(app.ctx, id);
  const headers = { origin: app.origin };
  const answer = await app.request("/auth/sign-in", { json: { handle: "ann", password }, headers });
  expect([answer.status, answer.headers.get("set-cookie")]).toEqual([202, null]);
  expect(Object.keys(answer.json as object).toSorted()).toEqual(["endsAt", "factors", "passkey", "ticket"]);
  const { ticket } = answer.json as SecondStep;
  expect((await app.request("/api/chat/v1/me", { token: ticket })).status).toBe(401);
  await expect(app.socket(ticket)).rejects.toThrow("401");
  for (const json of [
    { ticket },
    { ticket, totp: "" },
    { ticket, password },
    { ticket, totp: "1", recovery: "1" },
  ]) {
    const { status } = await app.request("/auth/sign-in/second", { json, headers });
    expect([json, status]).toEqual([json, 422]);
  }
  expect(await app.connection.sql`select from session`).toHaveLength(0);
});

const departures: [string, Departure][] = [
  ["of another origin", { origin: "https://evil.example" }],
  ["for another server", { rpId: "evil.example" }],
  ["whose user did not show who they are", { verified: false }],
  ["with a counter that was used", { counter: 1 }],
  ["for somebody else", { userHandle: Buffer.from(crypto.randomUUID()).toString("base64url") }],
  ["of a registration", { type: "webauthn.create" }],
];

test.each(departures)("CL-16 an answer of a passkey %s is refused", async (_, departure) => {
  const { ctx, people, connection } = await worldWith("ann");
  const { authenticator } = await givePasskey(ctx, people[0]!);
  const enter = async (how: Departure) => {
    const { ticket, options } = await beginPasskeySignIn(ctx);
    return await finishPasskeySignIn(ctx, { ticket, passkey: authenticator.get(options, how), device });
  };
  await enter({ counter: 1 });
  await expect(enter({ counter: 2, ...departure })).rejects.toMatchObject({ code: "wrong_passkey" });
  expect(await connection.sql`select from session`).toHaveLength(1);
  await enter({ counter: 3 });
});

test("CL-16 an answer of a passkey counts once, for the challenge that it was asked, and signed by its key", async () => {
  const { ctx, people } = await worldWith("ann");
  const { authenticator } = await givePasskey(ctx, people[0]!);
  const [one, two] = [await beginPasskeySignIn(ctx), await beginPasskeySignIn(ctx)];
  const passkey = authenticator.get(one.options);
  await expect(finishPasskeySignIn(ctx, { ticket: two.ticket, passkey, device })).rejects.toMatchObject({
    code: "wrong_passkey",
  });
  const signature = Buffer.from(passkey.response.signature, "base64url");
  signature[signature.length - 1]! ^= 1;
  const forged = {
    ...passkey,
    response: { ...passkey.response, signature: signature.toString("base64url") },
  };
  const three = await beginPasskeySignIn(ctx);
  const asked = authenticator.get(three.options);
  const swapped = { ...asked, response: { ...asked.response, signature: forged.response.signature } };
  await expect(
    finishPasskeySignIn(ctx, { ticket: three.ticket, passkey: swapped, device }),
  ).rejects.toMatchObject({ code: "wrong_passkey" });
  await finishPasskeySignIn(ctx, { ticket: one.ticket, passkey, device });
  await expect(finishPasskeySignIn(ctx, { ticket: one.ticket, passkey, device })).rejects.toMatchObject({
    code: "ticket_invalid",
  });
});

test("CL-16 a passkey is kept for whoever was asked, from this origin, with a user who showed who they are, and once", async () => {
  const { ctx, people } = await worldWith("ann", "eve");
  const [ann, eve] = [people[0]!, people[1]!];
  const add = async (personId: typeof ann, authenticator: Authenticator, departure: Departure = {}) => {
    const { ticket, options } = await beginPasskey(ctx, ann);
    const passkey = authenticator.create(options, departure);
    return await finishPasskey(ctx, { personId, ticket, passkey, name: "key" });
  };
  const key = new Authenticator(ctx.settings.origin);
  await expect(add(eve, key)).rejects.toMatchObject({ code: "ticket_invalid" });
  for (const departure of [{ origin: "https://evil.example" }, { rpId: "evil.example" }, { verified: false }])
    await expect(add(ann, key, departure)).rejects.toMatchObject({ code: "wrong_passkey" });
  await add(ann, key);
  await expect(add(ann, key)).rejects.toMatchObject({ code: "wrong_passkey" });
});
