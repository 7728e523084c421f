import type * as Argon from "@node-rs/argon2";
import { expect, test, vi } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { startApp, type Answer, type TestApp } from "../helpers/app.ts";
import { startMailServer } from "../helpers/mail-server.ts";
import { poll } from "../helpers/poll.ts";
import { sendRaw } from "../helpers/send-raw.ts";

const password = "firefly-night";
const email = "ann@mail.example";

/** Asks as a page of ours does, from an address of one's own. */
function from(app: TestApp, address: string) {
  const headers = { origin: app.origin, "x-forwarded-for": address };
  return (path: string, json: object): Promise<Answer> => app.request(`/auth${path}`, { json, headers });
}

/** One address after the other. */
function address(number: number): string {
  return `198.51.${100 + Math.floor(number / 250)}.${1 + (number % 250)}`;
}

async function withAnn(app: TestApp) {
  const ann = await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  await app.connection.sql`
    update account set email = ${email}, email_confirmed_at = now() where person_id = ${ann.id}`;
  return ann;
}

/** What each proof of a password was made against: the cost of argon2 is in the beginning of a hash. */
const proofs = vi.hoisted((): string[] => []);
vi.mock("@node-rs/argon2", async (original) => {
  const argon = await original<typeof Argon>();
  const verify: typeof argon.verify = (hash, ...rest) => {
    proofs.push(String(hash).split("$").slice(1, 4).join("$"));
    return argon.verify(hash, ...rest);
  };
  return { ...argon, verify };
});

test("CL-14 who guesses learns nothing of who exists, neither by the answer nor by the work that it takes", async () => {
  const app = await startApp();
  await withAnn(app);
  await app.person("bo"); // without a password
  const answers = new Set<string>();
  for (const [n, handle] of ["ann", "bo", "nobody", "@ANN", "änn", "x".repeat(200), "@"].entries()) {
    proofs.length = 0;
    const { status, text, headers } = await from(app, address(n))("/sign-in", {
      handle,
      password: "firefly-day",
    });
    answers.add(`${status} ${text} ${[...headers.keys()].join()}`);
    // All but the whole of the time goes into this one.
    expect([handle, proofs]).toEqual([handle, ["argon2id$v=19$m=19456,t=2,p=1"]]);
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toContain('401 {"error":"wrong_password"');
});

test("CL-14 guesses at one account from everywhere, and at all accounts from one place, come to an end", async () => {
  const app = await startApp();
  await withAnn(app);
  const until429 = async (guess: (number: number) => Promise<Answer>, most: number) => {
    for (let number = 0; number < most; number += 1) {
      const { status, headers } = await guess(number);
      if (status === 429) return { number, wait: Number(headers.get("retry-after")) };
    }
    return null;
  };
  const spread = await until429((number) => {
    return from(app, address(number))("/sign-in", { handle: "ann", password: `guess-${number}` });
  }, 300);
  const swept = await until429((number) => {
    return from(app, "203.0.113.9")("/sign-in", { handle: `person${number}`, password });
  }, 100);
  for (const end of [spread, swept]) expect(end?.wait).toBeGreaterThan(0);
  expect((await from(app, "203.0.113.10")("/sign-in", { handle: "person1", password })).status).toBe(401);
});

test("CL-15 to ask for a link tells nothing of who exists; a letter goes to the address that its owner confirmed alone", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  await withAnn(app);
  await createAccount(app.ctx, { handle: "bo", password, role: "member" });
  const asked = [
    { handle: "nobody" },
    { handle: "bo" },
    { email: "nobody@mail.example" },
    { email: "chat@a.example" },
    { handle: "ann" },
  ];
  const answers = new Set<string>();
  for (const [number, json] of asked.entries()) {
    const { status, text } = await from(app, address(number))("/reset", json);
    answers.add(`${status} ${text}`);
  }
  expect([...answers]).toEqual(['202 {"state":"mailed"}']);
  for (const smuggled of [
    `${email}, eve@evil.example`,
    `${email}\r\nBcc: eve@evil.example`,
    `"${email}" <eve@evil.example>`,
    "ann@maıl.example",
    "ann@mail.example\0",
  ])
    expect((await from(app, "203.0.113.1")("/reset", { email: smuggled })).status).toBe(422);
  const both = await from(app, "203.0.113.1")("/reset", { handle: "ann", email: "eve@evil.example" });
  expect(both.status).toBe(422);
  await poll("the end of all jobs", async () => {
    const rows = await app.connection.sql`
      select from graphile_worker.jobs where task_identifier = 'send-mail' limit 1`;
    return rows.length === 0;
  });
  expect(mail.letters.map(({ to }) => to)).toEqual([[email]]);
});

test("CL-15 links lead to this server's own address, whatever a request says of where it was sent", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  await withAnn(app);
  const hosts = [
    { host: "evil.example" },
    { host: new URL(app.origin).host, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { host: new URL(app.origin).host, forwarded: "host=evil.example", "x-original-url": "//evil.example" },
  ];
  for (const poisoned of hosts) {
    const body = JSON.stringify({ handle: "ann" });
    const headers = {
      origin: app.origin,
      "content-type": "application/json",
      "content-length": String(body.length),
      ...poisoned,
    };
    const { status } = await sendRaw(app.origin, { method: "POST", target: "/auth/reset", headers, body });
    expect(status).toBe(202);
  }
  for (const { text, head } of await mail.take(hosts.length)) {
    expect(text).toContain(`${app.origin}/reset#`);
    expect(head + text).not.toContain("evil");
  }
});

test("CL-15 nobody is flooded with letters, by whom and from wherever they are asked for", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  await withAnn(app);
  for (const json of [{ handle: "ann" }, { handle: "nobody" }, { email }, { email: "nobody@mail.example" }]) {
    const statuses: number[] = [];
    for (let number = 0; number < 6; number += 1)
      statuses.push((await from(app, address(number))("/reset", json)).status);
    expect([json, statuses]).toEqual([json, [202, 202, 202, 202, 202, 202]]);
  }
  // From one place a stranger comes to an end; its owner, elsewhere, has a link in any case.
  for (let number = 0; number < 6; number += 1) {
    const { status } = await from(app, address(200))("/reset", { handle: "ann" });
    expect([number, status]).toEqual([number, number < 5 ? 202 : 429]);
  }
  await poll("the end of all jobs", async () => {
    const rows = await app.connection.sql`
      select from graphile_worker.jobs where task_identifier = 'send-mail' limit 1`;
    return rows.length === 0;
  });
  expect(mail.letters.map(({ to }) => to)).toEqual(Array.from({ length: 5 }, () => [email]));
  const statuses: number[] = [];
  for (let number = 0; number < 6; number += 1) {
    const signUp = from(app, address(100 + number));
    statuses.push(
      (await signUp("/sign-up", { handle: `new${number}`, password, email: "eve@mail.example" })).status,
    );
  }
  expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
});

test("CL-15 to sign up with an address that somebody has gets the answer that any other gets", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  await withAnn(app);
  const shape = async (handle: string, wanted: string) => {
    const { status, json } = await from(app, "203.0.113.1")("/sign-up", { handle, password, email: wanted });
    return [status, Object.keys(json as object)];
  };
  expect(await shape("bo", email)).toEqual(await shape("cy", "cy@mail.example"));
});

test("CL-15 a link that is guessed, for something else, used or over opens nothing", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  await withAnn(app);
  await from(app, "203.0.113.1")("/reset", { handle: "ann" });
  const [letter] = await mail.take(1);
  const ticket = /#([\w-]+)/.exec(letter?.text ?? "")?.[1] ?? "";
  const finish = async (path: string, json: object) => (await from(app, "203.0.113.1")(path, json)).json;
  const invalid = { error: "ticket_invalid" };
  expect(await finish("/email/confirm", { ticket })).toMatchObject(invalid);
  expect(await finish("/reset/finish", { ticket: `${ticket}x`, password })).toMatchObject(invalid);
  await app.connection.sql`update ticket set expires_at = now() - interval '1 second'`;
  expect(await finish("/reset/finish", { ticket, password })).toMatchObject(invalid);
  const rows = await app.connection
    .sql`select encode(hash, 'hex') as hash, encode(data, 'escape') as data from ticket`;
  expect(JSON.stringify(rows)).not.toContain(ticket);
});

test("CL-17 a name of two scripts, of signs that are not seen, reserved, taken, held or of somebody gone is nobody's", async () => {
  const app = await startApp();
  const ann = await withAnn(app);
  await createAccount(app.ctx, { handle: "wilma", password, role: "owner" });
  const { id: gone } = await app.person("gone");
  await app.connection.sql`update person set state = 'deleted' where id = ${gone}`;
  await app.connection.sql`
    insert into held_handle (handle, person_id, until, created_at) values ('before', ${ann.id}, now(), now())`;
  const refusals: Record<string, string[]> = {
    handle_invalid: [
      "аnn",
      "αnn",
      "ａｎｎ",
      "an\u200Bn",
      "\u202Enna",
      "ann\u0301",
      "ann.smith",
      "a".repeat(31),
      "@",
      "ann@evil.example",
    ],
    invalid: ["an\u0000n", ""],
    handle_reserved: ["admin", "@Admin", "ADM1N", "adrnin", "r00t", "supp0rt", "vvilma", "w1lma", "wi_lma"],
    handle_taken: ["ANN", "@ann", "gone", "Gone", "before", "BEFORE"],
  };
  for (const [error, handles] of Object.entries(refusals)) {
    for (const [number, handle] of handles.entries()) {
      const answer = await from(app, `203.0.${error.length}.${number + 1}`)("/sign-up", { handle, password });
      expect([handle, answer.status, answer.json]).toMatchObject([handle, 422, { error, field: "handle" }]);
    }
  }
  const rows = await app.connection.sql`select handle from person where kind = 'person' order by handle`;
  expect(rows.map(({ handle }) => handle as string)).toEqual(["ann", "gone", "wilma"]);
});

test("CL-17 of two who ask for one name in another case at once, one gets it", async () => {
  const app = await startApp();
  const names = ["dora", "DORA", "@Dora", "dorA"];
  const answers = await Promise.all(
    names.map((handle, number) => from(app, address(number))("/sign-up", { handle, password })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status !== 201);
  for (const { json } of refused) expect(json).toMatchObject({ error: "handle_taken" });
});
