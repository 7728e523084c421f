import { expect, test } from "vitest";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { createAccount } from "../accounts.ts";
import type { Context } from "../context.ts";
import { giveEmail } from "../sign-up/email.ts";
import { makeResetLink } from "../sign-up/reset.ts";
import type { MailOrder } from "./order.ts";
import { writeMail } from "./write.ts";

const password = "firefly-night";

async function scene() {
  const world = await createWorld();
  const ctx: Context = { ...world.ctx, settings: { ...world.ctx.settings, mails: true } };
  const { id: personId } = await createAccount(ctx, { handle: "ann", password, role: "member" });
  return { ...world, ctx, personId };
}

/** The letters that were ordered and that nobody has begun to write, in order. */
async function ordered({ connection }: Pick<World, "connection">): Promise<MailOrder[]> {
  const rows = await connection.sql`
    delete from graphile_worker._private_jobs returning id, payload`;
  return rows
    .toSorted((a, b) => Number(a["id"]) - Number(b["id"]))
    .map(({ payload }) => payload as MailOrder);
}

test("the owner is told of a link into their account, without the link, at an address that they have confirmed", async () => {
  const world = await scene();
  const { ctx, personId } = world;
  const make = (on: Context) => makeResetLink(on, { by: null, personId, language: "de" });
  await make(ctx);
  await giveEmail(ctx, { personId, email: "ann@mail.example" });
  await make({ ...ctx, settings: { ...ctx.settings, mails: false } });
  expect(await ordered(world)).toEqual([]);
  const { url } = await make(ctx);
  const orders = await ordered(world);
  expect(orders).toMatchObject([{ letter: "link-made", language: "de" }]);
  const mail = await writeMail(ctx, orders[0]!);
  expect(mail).toMatchObject({ to: "ann@mail.example", subject: "Ein Link in dein Konto auf a.example" });
  expect(mail!.text).toContain("@ann@a.example");
  expect(JSON.stringify([orders, mail])).not.toContain(url.split("#")[1]);
});
