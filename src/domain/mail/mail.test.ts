import { expect, test } from "vitest";
import { signInAs } from "../../../test/helpers/sign-in.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { createAccount } from "../accounts.ts";
import type { Context } from "../context.ts";
import { changeEmail, confirmEmail, giveEmail, readEmail } from "../sign-up/email.ts";
import { givePassword } from "../sign-up/password.ts";
import { finishReset, makeResetLink, requestReset } from "../sign-up/reset.ts";
import { authenticate } from "../tokens.ts";
import type { MailOrder } from "./order.ts";
import { writeMail } from "./write.ts";

const password = "firefly-night";

async function scene() {
  const world = await createWorld();
  const ctx: Context = { ...world.ctx, settings: { ...world.ctx.settings, mails: true } };
  const ann = await createAccount(ctx, { handle: "ann", password, role: "member" });
  const { id: personId } = ann;
  const { sessionId } = await authenticate(ctx, (await signInAs(ctx, ann)).access);
  const want = (email: string | null) => changeEmail(ctx, { personId, sessionId, email, language: "en" });
  return { ...world, ctx, personId, want };
}

/** What stands behind `#` of the link in a letter. */
function ticketIn(mail: { text: string } | null): string {
  return /#([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "none";
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

test("a letter that waits while a password or the wish changes is not written, nor opens anything", async () => {
  const world = await scene();
  const { ctx, personId, want } = world;
  await want("eve@evil.example");
  const [former] = await ordered(world);
  await want("ann@mail.example");
  expect(await writeMail(ctx, former!)).toBeNull();
  const [order] = await ordered(world);
  const mail = await writeMail(ctx, order!);
  expect(mail).toMatchObject({ to: "ann@mail.example" });
  // Tried again, it is the same letter.
  expect(await writeMail(ctx, order!)).toEqual(mail);
  expect(JSON.stringify(order)).not.toContain(ticketIn(mail));
  await givePassword(ctx, { personId, password: "firefly-day-2" });
  expect(await writeMail(ctx, order!)).toBeNull();
  await expect(confirmEmail(ctx, { ticket: ticketIn(mail), language: "en" })).rejects.toThrow(
    "ticket_invalid",
  );
  await expect(want("eve@evil.example")).rejects.toThrow("unauthorized");
  expect([await ordered(world), (await readEmail(ctx, personId)).email]).toEqual([[], null]);
});

test("another address ends links to a new password and those that wait, and the former one hears of it", async () => {
  const world = await scene();
  const { ctx, personId, want } = world;
  const confirm = async (email: string) => {
    await want(email);
    const [order] = await ordered(world);
    await confirmEmail(ctx, { ticket: ticketIn(await writeMail(ctx, order!)), language: "fr" });
    return await Promise.all((await ordered(world)).map((told) => writeMail(ctx, told)));
  };
  expect(await confirm("ann@old.example")).toEqual([]);
  const ask = async (to: { handle: string } | { email: string }) => {
    await requestReset(ctx, { to, language: "en" });
    return (await ordered(world))[0]!;
  };
  const sent = await writeMail(ctx, await ask({ handle: "ann" }));
  const handed = await makeResetLink(ctx, { by: null, personId, language: "en" });
  await ordered(world);
  const waiting = [await ask({ email: "ann@old.example" }), await ask({ handle: "ann" })] as const;
  expect(await confirm("ann@new.example")).toMatchObject([
    { to: "ann@old.example", subject: "Votre adresse sur a.example" },
  ]);
  for (const ticket of [ticketIn(sent), handed.url.split("#")[1]!])
    await expect(finishReset(ctx, { ticket, password: "firefly-day-2" })).rejects.toThrow("ticket_invalid");
  expect(await writeMail(ctx, waiting[0])).toBeNull();
  expect(await writeMail(ctx, waiting[1])).toMatchObject({ to: "ann@new.example" });
  await want(null);
  expect(await ordered(world)).toMatchObject([{ letter: "email-changed", email: "ann@new.example" }]);
});
