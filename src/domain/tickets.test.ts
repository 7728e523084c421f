import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { missTicket, openTicket, readTicket, takeTicket } from "./tickets.ts";

const purpose = "password-reset";

async function opened() {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { ctx } = world;
  const data = { from: "203.0.113.9" };
  const secret = await openTicket(ctx, ctx.db, { purpose, seconds: 60, personId: ann.id, data });
  return { ...world, ann, data, secret };
}

test("a ticket says once what it was opened with", async () => {
  const { ctx, ann, data, secret } = await opened();
  expect(await readTicket(ctx, ctx.db, { secret, purpose })).toEqual({ personId: ann.id, data });
  expect(await takeTicket(ctx, ctx.db, { secret, purpose })).toEqual({ personId: ann.id, data });
  await expect(takeTicket(ctx, ctx.db, { secret, purpose })).rejects.toThrow("ticket_invalid (ticket)");
});

test("of two who bring a ticket at the same time one gets it", async () => {
  const { ctx, secret } = await opened();
  const both = [1, 2].map(() => takeTicket(ctx, ctx.db, { secret, purpose }));
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("a ticket is good for nothing else, and for nobody when it has run out", async () => {
  const { ctx, secret, pass } = await opened();
  await expect(takeTicket(ctx, ctx.db, { secret, purpose: "consent" })).rejects.toThrow("ticket_invalid");
  await expect(takeTicket(ctx, ctx.db, { secret: "guess", purpose })).rejects.toThrow("ticket_invalid");
  pass(60_000);
  await expect(takeTicket(ctx, ctx.db, { secret, purpose })).rejects.toThrow("ticket_invalid");
});

test("after five wrong answers a ticket is gone", async () => {
  const { ctx, secret } = await opened();
  for (let miss = 1; miss < 5; miss += 1) await missTicket(ctx, ctx.db, { secret, purpose });
  expect(await readTicket(ctx, ctx.db, { secret, purpose })).toBeDefined();
  await missTicket(ctx, ctx.db, { secret, purpose });
  await expect(readTicket(ctx, ctx.db, { secret, purpose })).rejects.toThrow("ticket_invalid");
});

test("neither the secret of a ticket nor what it holds stands in the database", async () => {
  const { connection, secret } = await opened();
  const [row] =
    await connection.sql`select encode(hash, 'escape') as hash, encode(data, 'escape') as data from ticket`;
  expect(row!["hash"]).not.toContain(secret);
  expect(row!["data"]).not.toContain("203.0.113.9");
});
