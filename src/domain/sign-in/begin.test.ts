import { expect, test } from "vitest";
import { poll } from "../../../test/helpers/poll.ts";
import { device, signInAs } from "../../../test/helpers/sign-in.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { checkSignIn, createAccount } from "../accounts.ts";
import { SESSIONS_PER_PERSON } from "../open-session.ts";
import { authenticate, createToken, endSessions, type TokenPair } from "../tokens.ts";
import { transact } from "../transact.ts";
import { openTicket, takeTicket } from "../tickets.ts";
import { beginSession } from "./begin.ts";

const password = "firefly-night";

test("whoever signs in gets a session that says from what and where, and it is noted", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const { access } = await signInAs(world.ctx, ann);
  const { sessionId } = await authenticate(world.ctx, access);
  const { sql } = world.connection;
  expect(await sql`select user_agent, address, client from session where id = ${sessionId}`).toEqual([
    { user_agent: device.userAgent, address: device.address, client: "web" },
  ]);
  expect(await sql`select action, person_id, details, address from audit_entry`).toEqual([
    {
      action: "session.began",
      person_id: ann.id,
      details: { sessionId, by: "password" },
      address: device.address,
    },
  ]);
});

test("whoever is suspended or of another server is let in by no way", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  await world.connection.sql`update person set state = 'suspended' where id = ${ann.id}`;
  for (const { id: personId } of [ann, bo]) {
    for (const by of ["password", "passkey", "provider"] as const) {
      const begun = beginSession(world.ctx, { personId, device, by });
      await expect(begun).rejects.toMatchObject({ code: "account_inactive" });
    }
  }
  expect(await world.connection.sql`select from session`).toHaveLength(0);
});

test("a password that was changed while it was checked lets nobody in", async () => {
  const world = await createWorld();
  const ann = await createAccount(world.ctx, { handle: "ann", password, role: "member" });
  const { passwordHash } = await checkSignIn(world.ctx, { handle: "ann", password });
  const { sql } = world.connection;
  const input = { personId: ann.id, device, by: "password" as const, passwordHash };
  const begun = await sql.begin(async (tx) => {
    await tx`update account set password_hash = 'another' where person_id = ${ann.id}`;
    const waiting = beginSession(world.ctx, input);
    waiting.catch(() => undefined); // it is looked at below
    await poll("somebody who waits", async () => {
      const found = await sql`select from pg_locks where not granted and pid <> pg_backend_pid()`;
      return found.length > 0;
    });
    return [waiting];
  });
  await expect(begun[0]).rejects.toMatchObject({ code: "wrong_password" });
  expect(await sql`select from session`).toHaveLength(0);
});

test("all sessions of somebody end at once, or all but one, and what they had begun ends with them", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const tokens = [await signInAs(world.ctx, ann), await signInAs(world.ctx, ann)] as const;
  const others = await signInAs(world.ctx, bo);
  const { sessionId: except } = await authenticate(world.ctx, tokens[0].access);
  const opened = { purpose: "second-factor", seconds: 60, personId: ann.id } as const;
  const secret = await openTicket(world.ctx, world.ctx.db, opened);
  const end = (which: Omit<Parameters<typeof endSessions>[2], "personId">) =>
    transact(world.ctx, (tx) => endSessions(world.ctx, tx, { personId: ann.id, ...which }));
  await end({ except });
  expect(world.events).toMatchObject([{ name: "session.revoked", personId: ann.id }]);
  await expect(authenticate(world.ctx, tokens[1].access)).rejects.toThrow("unauthorized");
  await expect(
    takeTicket(world.ctx, world.ctx.db, { secret, purpose: "second-factor" }),
  ).rejects.toMatchObject({ code: "ticket_invalid" });
  expect(await authenticate(world.ctx, tokens[0].access)).toMatchObject({ sessionId: except });
  await end({});
  await expect(authenticate(world.ctx, tokens[0].access)).rejects.toThrow("unauthorized");
  expect(await authenticate(world.ctx, others.access)).toMatchObject({ personId: bo.id });
});

test("with more sessions than somebody may have, the one that was not used for longest ends", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const theirs = await signInAs(world.ctx, bo);
  const script = await createToken(world.ctx, { handle: "ann", name: "a script" });
  const all: TokenPair[] = [];
  for (let n = 0; n <= SESSIONS_PER_PERSON; n += 1) {
    all.push(await signInAs(world.ctx, ann));
    world.pass(1_000);
  }
  expect(world.events).toMatchObject([{ name: "session.revoked", personId: ann.id }]);
  await expect(authenticate(world.ctx, all[0]!.access)).rejects.toThrow("unauthorized");
  for (const { access } of [all[1]!, all.at(-1)!, theirs, { access: script.token }])
    expect(await authenticate(world.ctx, access)).toBeDefined();
});
