import { expect, test } from "vitest";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { Registration } from "#lib/registration.ts";
import { checkSignIn, createAccount } from "../accounts.ts";
import { forgetExpired } from "../housekeeping.ts";
import { changeServerSettings } from "../server-settings.ts";
import { createCode, listCodes, revokeCode } from "./codes.ts";
import { approveSignUp, findSignUpRequest, listSignUpRequests, rejectSignUp } from "./requests.ts";
import { signUp } from "./sign-up.ts";

const password = "firefly-night";
const ann = { handle: "ann", password };
const HOUR_MS = 3600 * 1000;
const page = { by: null, after: null, limit: 10 };

async function worldWith(registration: Registration): Promise<World> {
  const world = await createWorld();
  await changeServerSettings(world.ctx, { by: null, change: { registration } });
  return world;
}

function codeFor({ ctx }: World, uses: number | null, expiresAt: Date | null = null) {
  return createCode(ctx, { by: null, uses, expiresAt, note: "" });
}

test("a closed server takes nobody in, with a code neither; one by invitation nobody without", async () => {
  const closed = await worldWith("closed");
  const { code } = await codeFor(closed, null);
  await expect(signUp(closed.ctx, { ...ann, code })).rejects.toThrow("registration_closed");
  const { ctx } = await worldWith("invite");
  await expect(signUp(ctx, ann)).rejects.toMatchObject({ code: "sign_up_code_invalid", field: "code" });
});

test("a code lets in as many as it says, counted where an account is made and nowhere else", async () => {
  const world = await worldWith("invite");
  const { ctx } = world;
  const { code } = await codeFor(world, 2);
  expect((await signUp(ctx, { ...ann, code }))?.handle).toBe("ann");
  await expect(signUp(ctx, { ...ann, code })).rejects.toThrow("handle_taken");
  await signUp(ctx, { handle: "bo", password, code });
  await expect(signUp(ctx, { handle: "cy", password, code })).rejects.toThrow("sign_up_code_invalid");
  expect((await listCodes(ctx, { by: null, before: null, limit: 10 })).map(({ used }) => used)).toEqual([2]);
  const rows = await world.connection.sql`
    select details ->> 'by' as by, actor_id = person_id as themselves from audit_entry where action = 'account.created'`;
  expect([...rows]).toEqual(["ann", "bo"].map(() => ({ by: "sign-up", themselves: true })));
});

test("of several who bring a code at once for its last use, one gets it", async () => {
  const world = await worldWith("invite");
  const { code } = await codeFor(world, 1);
  const tries = ["ann", "bo", "cy"].map((handle) => signUp(world.ctx, { handle, password, code }));
  const settled = await Promise.allSettled(tries);
  const outcomes = settled.map((one) =>
    one.status === "rejected" ? (one.reason as { code: string }).code : "an account",
  );
  expect(outcomes.toSorted()).toEqual(["an account", "sign_up_code_invalid", "sign_up_code_invalid"]);
  expect((await listCodes(world.ctx, { by: null, before: null, limit: 10 }))[0]?.used).toBe(1);
});

test("a code ends with its time, and when it is taken back; none is made for a time that is over", async () => {
  const world = await worldWith("invite");
  const { ctx } = world;
  const hour = new Date(ctx.now().getTime() + HOUR_MS);
  const timed = await codeFor(world, null, hour);
  const revoked = await codeFor(world, null);
  await revokeCode(ctx, { by: null, id: revoked.id });
  await expect(revokeCode(ctx, { by: null, id: revoked.id })).rejects.toThrow("not_found");
  await expect(signUp(ctx, { ...ann, code: revoked.code })).rejects.toThrow("sign_up_code_invalid");
  world.pass(HOUR_MS);
  await expect(signUp(ctx, { ...ann, code: timed.code })).rejects.toThrow("sign_up_code_invalid");
  await expect(codeFor(world, null, hour)).rejects.toMatchObject({ code: "in_the_past", field: "expiresAt" });
});

test("where somebody must agree nobody is made before; then they sign in with the password that they chose", async () => {
  const world = await worldWith("approval");
  const { ctx } = world;
  const admin = await createAccount(ctx, { handle: "olga", password, role: "owner" });
  expect(await signUp(ctx, { ...ann, reason: "a friend of Bo" })).toBeNull();
  await expect(checkSignIn(ctx, ann)).rejects.toThrow("wrong_password");
  await expect(signUp(ctx, { ...ann, password: "another-one" })).rejects.toThrow("handle_taken");
  await expect(signUp(ctx, { handle: "OLGA", password })).rejects.toThrow("handle_taken");
  const [request] = await listSignUpRequests(ctx, page);
  expect(request).toMatchObject({ handle: "ann", reason: "a friend of Bo" });
  const decide = () => approveSignUp(ctx, { by: admin.id, id: request!.id });
  const settled = await Promise.allSettled([decide(), decide()]);
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const { person } = await checkSignIn(ctx, ann);
  expect(await listSignUpRequests(ctx, page)).toEqual([]);
  const rows = await world.connection.sql`
    select actor_id, details ->> 'by' as by from audit_entry where person_id = ${person.id}`;
  expect([...rows]).toEqual([{ actor_id: admin.id, by: "approval" }]);
});

test("whoever is rejected may ask again; whoever has a code need not ask; who waits for a month waits no longer", async () => {
  const world = await worldWith("approval");
  const { ctx } = world;
  await signUp(ctx, ann);
  await rejectSignUp(ctx, { by: null, id: (await findSignUpRequest(ctx, "@Ann")).id });
  await signUp(ctx, ann);
  const { code } = await codeFor(world, 1);
  expect(await signUp(ctx, { handle: "bo", password, code })).toMatchObject({ handle: "bo" });
  world.pass(29 * 24 * HOUR_MS);
  await forgetExpired(ctx);
  expect(await listSignUpRequests(ctx, page)).toHaveLength(1);
  world.pass(2 * 24 * HOUR_MS);
  await forgetExpired(ctx);
  expect(await listSignUpRequests(ctx, page)).toEqual([]);
});

test("codes and requests are for who may invite and decide", async () => {
  const { ctx } = await worldWith("approval");
  const member = await createAccount(ctx, { handle: "bo", password, role: "member" });
  await signUp(ctx, ann);
  const { id } = await findSignUpRequest(ctx, "ann");
  const { id: codeId } = await createCode(ctx, { by: null, uses: 1, expiresAt: null, note: "" });
  const by = member.id;
  const deeds = [
    createCode(ctx, { by, uses: 1, expiresAt: null, note: "" }),
    listCodes(ctx, { by, before: null, limit: 1 }),
    revokeCode(ctx, { by, id: codeId }),
    listSignUpRequests(ctx, { ...page, by }),
    approveSignUp(ctx, { by, id }),
    rejectSignUp(ctx, { by, id }),
  ];
  for (const deed of await Promise.allSettled(deeds))
    expect(deed).toMatchObject({ status: "rejected", reason: { code: "not_permitted" } });
  expect(await listSignUpRequests(ctx, page)).toHaveLength(1);
});
