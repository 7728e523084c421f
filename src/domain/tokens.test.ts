import { expect, test } from "vitest";
import { signInAs } from "../../test/helpers/sign-in.ts";
import { createWorld } from "../../test/helpers/world.ts";
import {
  ACCESS_SECONDS,
  authenticate,
  createToken,
  REFRESH_SECONDS,
  refreshSession,
  revokeToken,
} from "./tokens.ts";

test("an access token speaks for its person until it runs out", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { access } = await signInAs(world.ctx, ann);
  expect(await authenticate(world.ctx, access)).toMatchObject({ personId: ann.id, client: "web" });
  world.pass(ACCESS_SECONDS * 1000);
  await expect(authenticate(world.ctx, access)).rejects.toThrow("unauthorized");
});

test("a refresh token is no bearer token, and an access token refreshes nothing", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { access, refresh } = await signInAs(world.ctx, ann);
  await expect(authenticate(world.ctx, refresh)).rejects.toThrow("unauthorized");
  await expect(refreshSession(world.ctx, access)).rejects.toThrow("unauthorized");
});

test("a refresh whose answer was lost gives the same pair again within 30 seconds", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { refresh } = await signInAs(world.ctx, ann);
  const [one, two] = await Promise.all([
    refreshSession(world.ctx, refresh),
    refreshSession(world.ctx, refresh),
  ]);
  expect(two).toEqual(one);
  world.pass(29_000);
  expect(await refreshSession(world.ctx, refresh)).toEqual(one);
});

test("a refresh token used again later is a theft: the whole session ends", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { refresh } = await signInAs(world.ctx, ann);
  const next = await refreshSession(world.ctx, refresh);
  world.pass(31_000);
  await expect(refreshSession(world.ctx, refresh)).rejects.toThrow("session_ended");
  await expect(authenticate(world.ctx, next.access)).rejects.toThrow("unauthorized");
  await expect(refreshSession(world.ctx, next.refresh)).rejects.toThrow("session_ended");
  expect(world.events).toMatchObject([{ name: "session.revoked", personId: ann.id }]);
});

test("a refresh token that was not used runs out", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { refresh } = await signInAs(world.ctx, ann);
  world.pass(REFRESH_SECONDS * 1000);
  await expect(refreshSession(world.ctx, refresh)).rejects.toThrow("unauthorized");
});

test("a token made by command lasts until it is revoked, once", async () => {
  const world = await createWorld();
  await world.local("ann");
  const { token } = await createToken(world.ctx, { handle: "@Ann", name: "script" });
  world.pass(10 * 365 * 24 * 3600 * 1000);
  expect(await authenticate(world.ctx, token)).toMatchObject({ client: "cli", expiresAt: null });
  await revokeToken(world.ctx, { token });
  await expect(authenticate(world.ctx, token)).rejects.toThrow("unauthorized");
  await expect(revokeToken(world.ctx, { token })).rejects.toThrow("not_found");
});

test("no token is kept in a form in which it could be used", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const pair = await signInAs(world.ctx, ann);
  const next = await refreshSession(world.ctx, pair.refresh);
  const rows = await world.connection
    .sql`select encode(t.hash, 'escape') || coalesce(encode(t.successor, 'escape'), '') as kept from token t`;
  const kept = rows.map((row) => String(row["kept"])).join("\n");
  for (const token of [pair.access, pair.refresh, next.access, next.refresh])
    expect(kept).not.toContain(token);
});
