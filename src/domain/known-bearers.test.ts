import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import { poll } from "../../test/helpers/poll.ts";
import { signInAs } from "../../test/helpers/sign-in.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { forgetBearers, recall } from "./known-bearers.ts";
import { ACCESS_SECONDS, type Bearer, recognise, refreshSession, revokeToken } from "./tokens.ts";

async function signedIn() {
  const world = await createWorld();
  const ann = await world.local("ann");
  const pair = await signInAs(world.ctx, ann);
  expect(await recognise(world.ctx, pair.access)).toMatchObject({ personId: ann.id });
  return { ...world, ann, ...pair };
}

test("whoever was recognised a moment ago is refused as soon as their session has ended", async () => {
  const { ctx, access } = await signedIn();
  await revokeToken(ctx, { token: access });
  await expect(recognise(ctx, access)).rejects.toThrow("unauthorized");
});

test("a session that ends because its refresh token was stolen ends for those who were recognised too", async () => {
  const { ctx, refresh, pass } = await signedIn();
  const next = await refreshSession(ctx, refresh);
  expect(await recognise(ctx, next.access)).toBeDefined();
  pass(31_000);
  await expect(refreshSession(ctx, refresh)).rejects.toThrow("session_ended");
  await expect(recognise(ctx, next.access)).rejects.toThrow("unauthorized");
});

test("a token that runs out is not recognised any more, however lately it was", async () => {
  const { ctx, access, pass } = await signedIn();
  pass(ACCESS_SECONDS * 1000);
  await expect(recognise(ctx, access)).rejects.toThrow("unauthorized");
});

test("whoever is suspended is soon recognised no more, although nothing tells of it", async () => {
  const { ctx, connection, access, ann } = await signedIn();
  await connection.sql`update person set state = 'suspended' where id = ${ann.id}`;
  const began = performance.now();
  const answer = async () => await recognise(ctx, access).catch((error: unknown) => error);
  await poll("a refusal", async () => (await answer()) instanceof Refusal);
  // Generously: what is known holds for one second.
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a session that ends while its token is looked up is not remembered", async () => {
  const { ctx, ann } = await signedIn();
  const { promise, resolve } = Promise.withResolvers<Bearer>();
  const late = recall(ctx, "a digest", () => promise);
  forgetBearers(ctx);
  resolve({
    personId: ann.id,
    sessionId: crypto.randomUUID() as Bearer["sessionId"],
    client: "web",
    expiresAt: null,
    scopes: null,
    via: "session",
  });
  expect(await late).toMatchObject({ personId: ann.id });
  const again = recall(ctx, "a digest", () => Promise.reject(new Refusal("unauthorized")));
  await expect(again).rejects.toThrow("unauthorized");
});
