import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { limitNumbers, usualLimits, type LimitName } from "#domain/limits.ts";
import { createAccount } from "#domain/accounts.ts";
import { forgetRoles } from "#domain/roles.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import { giveTotp, password } from "../helpers/second-factor.ts";
import { base, begin } from "../helpers/talk.ts";

// A limit that has no row here does not compile: each is met over HTTP, as it is for whoever meets it.

/** Of a request: whose share it uses up, and how many came before it in all. */
interface Turn {
  readonly key: "one" | "other";
  readonly n: number;
}
interface Outcome {
  readonly status: number;
  /** Seconds, as the answer says. */
  readonly wait: number;
}
type Knock = (turn: Turn) => Promise<Outcome>;

const addressOf = { one: "198.51.100.1", other: "198.51.100.2" } as const;

/** Posts what somebody says who is nobody yet. */
function post(app: HostileApp, path: string, said: (turn: Turn) => { from?: string; json?: object }): Knock {
  return async (turn) => {
    const { from = `198.51.101.${turn.n}`, json = {} } = said(turn);
    const headers = { origin: app.origin, "x-forwarded-for": from };
    return outcome(await app.request(path, { json, headers }));
  };
}

function outcome({ status, headers }: { status: number; headers: Headers }): Outcome {
  return { status, wait: Number(headers.get("retry-after") ?? NaN) };
}

/** Three ways in which the same door counts: one address, one name from there, and one name from everywhere. */
function tries(path: string, more: object = {}) {
  const json = (handle: string) => ({ handle, ...more });
  return {
    address: (app: HostileApp) =>
      post(app, path, ({ key, n }) => ({ from: addressOf[key], json: json(`somebody${n}`) })),
    pair: (app: HostileApp) => post(app, path, ({ key }) => ({ from: addressOf.one, json: json(key) })),
    handle: (app: HostileApp) => post(app, path, ({ key }) => ({ json: json(key) })),
  };
}

/** Asks as somebody of this server, two of whom there are. */
async function asPeople(
  app: HostileApp,
  ask: (token: string, n: number) => Promise<{ status: number; headers: Headers }>,
): Promise<Knock> {
  const tokens = { one: app.ann.token, other: (await app.person("other")).token };
  return async ({ key, n }) => outcome(await ask(tokens[key], n));
}

/** Says things in a conversation of the two. */
async function speech(app: HostileApp, role: "member" | "bot"): Promise<Knock> {
  const knock = await asPeople(app, async (token, n) => {
    const path = `${base}/conversations/${conversation}/messages`;
    return await app.request(path, { token, json: { key: `${n}`, text: "hello" } });
  });
  const conversation = await begin(app, app.ann, "@other");
  await app.connection.sql`insert into account (person_id, role, created_at)
    select id, ${role}, now() from person where host is null and kind = 'person'`;
  forgetRoles(app.ctx);
  return knock;
}

/** Sends what means nothing, proven to be of somebody. */
function inbox(app: HostileApp, by: (turn: Turn) => HostileActor): Knock {
  return async (turn) => {
    const actor = by(turn);
    const activity = { id: `${actor.id}/idle/${turn.n}`, type: "View", actor: actor.id, object: app.ann.uri };
    const { status, headers } = await app.send(app.signed(activity, {}, actor));
    return { status, wait: Number(headers["retry-after"] ?? NaN) };
  };
}

/** Has the password of two people and tries codes. */
async function codes(
  app: HostileApp,
  tried: (turn: Turn) => { from: string; handle: string },
): Promise<Knock> {
  for (const handle of ["one", "other"]) {
    const { id } = await createAccount(app.ctx, { handle, password, role: "member" });
    await giveTotp(app.ctx, id);
  }
  return async (turn) => {
    const { from, handle } = tried(turn);
    const headers = { origin: app.origin, "x-forwarded-for": from };
    const begun = await app.request("/auth/sign-in", { json: { handle, password }, headers });
    const { ticket } = begun.json as SecondStep;
    return outcome(await app.request("/auth/sign-in/second", { json: { ticket, totp: "000000" }, headers }));
  };
}

const signIn = tries("/auth/sign-in", { password });
const signUp = tries("/auth/sign-up", { password: "short" });
const reset = tries("/auth/reset");
const cases: Readonly<Record<LimitName, (app: HostileApp) => Knock | Promise<Knock>>> = {
  signIn: signIn.address,
  signInPair: signIn.pair,
  signInHandle: signIn.handle,
  signInStep: (app) => post(app, "/auth/passkey/begin", ({ key }) => ({ from: addressOf[key] })),
  codePair: (app) => codes(app, ({ key }) => ({ from: addressOf[key], handle: "one" })),
  code: (app) => codes(app, ({ key, n }) => ({ from: `198.51.101.${n}`, handle: key })),
  signUp: signUp.address,
  signUpPair: signUp.pair,
  signUpHandle: signUp.handle,
  reset: reset.address,
  resetPair: reset.pair,
  resetHandle: reset.handle,
  mail: (app) =>
    post(app, "/auth/sign-up", ({ key, n }) => {
      return { json: { handle: `new${n}`, password: "short", email: `${key}@mail.example` } };
    }),
  guess: (app) =>
    asPeople(app, (token) => {
      return app.request(`${base}/me/confirm`, { token, json: { password: "a wrong one" } });
    }),
  rename: (app) =>
    asPeople(app, (token) => {
      return app.request(`${base}/me/handle`, { method: "PUT", token, json: { handle: "another" } });
    }),
  tokens: (app) =>
    post(app, "/oauth/token", ({ key }) => ({ from: addressOf[key], json: { grant_type: "none" } })),
  apps: (app) =>
    post(app, "/api/v1/apps", ({ key }) => {
      const json = { client_name: "App", redirect_uris: "https://app.example/back" };
      return { from: addressOf[key], json };
    }),
  consent: (app) =>
    asPeople(app, (token) => {
      const json = { client_id: "none", redirect_uri: "https://app.example/back", response_type: "code" };
      return app.request("/auth/consent/look", { token, json, headers: { origin: app.origin } });
    }),
  lookUp: (app) =>
    asPeople(app, (token) => {
      return app.request(`${base}/conversations`, { token, json: { address: "@nobody" } });
    }),
  send: (app) => speech(app, "member"),
  botSend: (app) => speech(app, "bot"),
  act: (app) =>
    asPeople(app, (token) => {
      const path = `${base}/messages/${crypto.randomUUID()}`;
      return app.request(path, { method: "PATCH", token, json: { text: "other words" } });
    }),
  inboxActor: (app) => {
    const neighbour = serveActor(app.peer, "neighbour", app.eve.keys);
    return inbox(app, ({ key }) => (key === "one" ? app.eve : neighbour));
  },
  inboxHost: (app) => {
    const crowd = [0, 1, 2, 3].map((n) => serveActor(app.peer, `crowd${n}`, app.eve.keys));
    return inbox(app, ({ key, n }) => (key === "one" ? crowd[n]! : app.vic));
  },
  inboxNewHost: (app) =>
    inbox(app, ({ key, n }) => {
      const id = app.peer.url(`/users/nobody${n}`);
      return key === "one" ? { ...app.eve, id, keyId: `${id}#main-key` } : app.vic;
    }),
};

test.each(Object.keys(usualLimits) as LimitName[])(
  "the limit %s fires where LIMITS says, tells how long to wait, and holds up nobody else",
  async (name) => {
    const numbers = Object.keys(limitNumbers).map((each) => `${each}=${each === name ? 2 : 1_000_000}`);
    const { limits } = readConfig({ LIMITS: numbers.join() });
    const app = await startHostileApp({ limits });
    const knock = await cases[name](app);
    const answers: Outcome[] = [];
    for (let n = 0; n < 3; n += 1) answers.push(await knock({ key: "one", n }));
    const other = await knock({ key: "other", n: 3 });
    const wasHeldUp = [...answers, other].map(({ status }) => status === 429);
    expect([answers, wasHeldUp]).toEqual([answers, [false, false, true, false]]);
    expect(answers[2]!.wait).toBeGreaterThan(0);
    expect(answers[2]!.wait).toBeLessThanOrEqual(usualLimits[name].seconds);
  },
);

test("each limit has its row in docs/operations.md", async () => {
  const text = await readFile("docs/operations.md", "utf8");
  expect(Object.keys(usualLimits).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
