import { expect, test } from "vitest";
import { device, signInAs } from "../../../test/helpers/sign-in.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import type { ServerRole } from "#lib/server-role.ts";
import { checkSignIn, createAccount } from "../accounts.ts";
import { giveRole, suspendPerson } from "../people-rules.ts";
import { listRoles, setPermissions } from "../roles.ts";
import { beginSession } from "../sign-in/begin.ts";
import { authenticate } from "../tokens.ts";
import { changePassword, givePassword } from "./password.ts";
import { finishReset, makeResetLink } from "./reset.ts";

const password = "firefly-night";
const fresh = "firefly-dawn-2";
const DAY_MS = 24 * 3600 * 1000;

async function scene() {
  const world = await createWorld();
  const make = (handle: string, role: ServerRole = "member") =>
    createAccount(world.ctx, { handle, password, role });
  return { ...world, world, make, ann: await make("ann") };
}

function ticketOf(url: string): string {
  return url.split("#")[1] ?? "";
}

test("another password ends all sessions but the one that chose it, in the same transaction", async () => {
  const { ctx, connection, events, ann } = await scene();
  const [here, there] = [await signInAs(ctx, ann), await signInAs(ctx, ann)];
  const { sessionId } = await authenticate(ctx, here.access);
  const { sessionId: other } = await authenticate(ctx, there.access);
  await changePassword(ctx, { personId: ann.id, sessionId, password: fresh });
  expect((await authenticate(ctx, here.access)).sessionId).toBe(sessionId);
  await expect(authenticate(ctx, there.access)).rejects.toThrow("unauthorized");
  expect(events.slice(-1)).toEqual([{ name: "session.revoked", sessionId: other, personId: ann.id }]);
  await expect(checkSignIn(ctx, { handle: "ann", password })).rejects.toThrow("wrong_password");
  expect((await checkSignIn(ctx, { handle: "ann", password: fresh })).person.id).toBe(ann.id);
  const rows = await connection.sql`
    select actor_id, details ->> 'by' as by from audit_entry where action = 'password.changed'`;
  expect([...rows]).toEqual([{ actor_id: ann.id, by: "owner" }]);
});

test("a short password changes nothing, and of two sessions that change it at once one does, and goes on", async () => {
  const { ctx, ann } = await scene();
  const [here, there] = [await signInAs(ctx, ann), await signInAs(ctx, ann)];
  const change = async (access: string, next: string) => {
    const { sessionId } = await authenticate(ctx, access);
    await changePassword(ctx, { personId: ann.id, sessionId, password: next });
  };
  await expect(change(here.access, "short")).rejects.toMatchObject({ code: "password_too_short" });
  const sessions = [here, there];
  const settled = await Promise.allSettled(
    sessions.map(({ access }, index) => change(access, `${fresh}${index}`)),
  );
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const winner = settled.findIndex(({ status }) => status === "fulfilled");
  expect((await authenticate(ctx, sessions[winner]!.access)).personId).toBe(ann.id);
  await expect(authenticate(ctx, sessions[1 - winner]!.access)).rejects.toThrow("unauthorized");
  await checkSignIn(ctx, { handle: "ann", password: `${fresh}${winner}` });
});

test("whoever has no password gives themselves a first one", async () => {
  const { ctx, connection, ann } = await scene();
  await connection.sql`update account set password_hash = null where person_id = ${ann.id}`;
  const { sessionId } = await authenticate(ctx, (await signInAs(ctx, ann)).access);
  await changePassword(ctx, { personId: ann.id, sessionId, password: fresh });
  expect((await checkSignIn(ctx, { handle: "ann", password: fresh })).person.id).toBe(ann.id);
});

test("a sign-in by the former password does not get in after the change", async () => {
  const { ctx, ann } = await scene();
  const { passwordHash } = await checkSignIn(ctx, { handle: "ann", password });
  await givePassword(ctx, { personId: ann.id, password: fresh });
  const late = beginSession(ctx, { personId: ann.id, device, by: "password", passwordHash });
  await expect(late).rejects.toThrow("wrong_password");
});

test("a link lets its holder choose a password once, within a day, and ends every session", async () => {
  const { ctx, pass, ann } = await scene();
  const { access } = await signInAs(ctx, ann);
  const { url } = await makeResetLink(ctx, { by: null, personId: ann.id, language: "en" });
  expect(url).toMatch(/^https:\/\/a\.example\/reset#[\w-]{43}$/);
  const other = ticketOf((await makeResetLink(ctx, { by: null, personId: ann.id, language: "en" })).url);
  const ticket = ticketOf(url);
  await expect(finishReset(ctx, { ticket, password: "short" })).rejects.toThrow("password_too_short");
  await finishReset(ctx, { ticket, password: fresh });
  await expect(authenticate(ctx, access)).rejects.toThrow("unauthorized");
  expect((await checkSignIn(ctx, { handle: "ann", password: fresh })).person.id).toBe(ann.id);
  for (const used of [ticket, other, "nonsense"])
    await expect(finishReset(ctx, { ticket: used, password })).rejects.toThrow("ticket_invalid");
  const late = ticketOf((await makeResetLink(ctx, { by: null, personId: ann.id, language: "en" })).url);
  pass(DAY_MS);
  await expect(finishReset(ctx, { ticket: late, password })).rejects.toThrow("ticket_invalid");
});

test("nobody gets a way into the account of somebody who stands as high or higher, nor keeps one for later", async () => {
  const { ctx, make, ann } = await scene();
  const olga = await make("olga", "owner");
  const [ada, alf, mo] = [
    await make("ada", "admin"),
    await make("alf", "admin"),
    await make("mo", "moderator"),
  ];
  const link = (by: { id: typeof ada.id }, personId: typeof ada.id) =>
    makeResetLink(ctx, { by: by.id, personId, language: "en" });
  for (const [by, whom] of [
    [ada, olga],
    [ada, alf],
    [mo, ada],
    [mo, ann],
    [ann, mo],
  ] as const)
    await expect(link(by, whom.id)).rejects.toThrow("not_permitted");
  const ticket = ticketOf((await link(ada, ann.id)).url);
  await giveRole(ctx, { by: olga.id, personId: ann.id, role: "admin" });
  await expect(finishReset(ctx, { ticket, password: fresh })).rejects.toThrow("ticket_invalid");
});

test("to look after people is not enough to make a link, and who may make one needs nothing else", async () => {
  const { ctx, make, ann } = await scene();
  const mo = await make("mo", "moderator");
  const asked = { by: mo.id, personId: ann.id, language: "en" } as const;
  expect((await listRoles(ctx)).filter((role) => role.permissions.includes("passwords"))).toMatchObject([
    { role: "owner" },
    { role: "admin" },
  ]);
  await expect(makeResetLink(ctx, asked)).rejects.toThrow("not_permitted");
  await setPermissions(ctx, { by: null, role: "moderator", permissions: ["passwords"] });
  await finishReset(ctx, { ticket: ticketOf((await makeResetLink(ctx, asked)).url), password: fresh });
  expect((await checkSignIn(ctx, { handle: "ann", password: fresh })).person.id).toBe(ann.id);
});

test("whoever is shut out gets no password by a link", async () => {
  const { ctx, ann } = await scene();
  const ticket = ticketOf((await makeResetLink(ctx, { by: null, personId: ann.id, language: "en" })).url);
  await suspendPerson(ctx, { by: null, personId: ann.id });
  await expect(finishReset(ctx, { ticket, password: fresh })).rejects.toThrow("ticket_invalid");
  await expect(makeResetLink(ctx, { by: null, personId: ann.id, language: "en" })).rejects.toThrow(
    "not_found",
  );
});
