import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createInboxLimits } from "#federation/inbox-guard-limits.ts";
import { GuardRefusal } from "#federation/inbox-guard-refusal.ts";
import { serveActor, type HostileActor } from "../helpers/hostile-actor.ts";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";
import type { Outcome } from "../helpers/send-raw.ts";

// Time stands still: however slow a machine is, a flood comes within one minute.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** An activity that is proven and then means nothing: it costs its sender what a message would. */
function idle(app: HostileApp, by: HostileActor, n: number) {
  return app.signed({ id: `${by.id}/idle/${n}`, type: "View", actor: by.id, object: app.ann.uri }, {}, by);
}

/** Sends one after the other, a few at a time, and answers all answers. */
async function flood(app: HostileApp, senders: readonly HostileActor[], count: number): Promise<Outcome[]> {
  const answers: Outcome[] = [];
  for (let n = 0; n < count; n += 10) {
    const some = Array.from({ length: Math.min(10, count - n) }, (_, k) => n + k);
    answers.push(
      ...(await Promise.all(some.map((at) => app.send(idle(app, senders[at % senders.length]!, at))))),
    );
  }
  return answers;
}

const count = (answers: readonly Outcome[], status: number) =>
  answers.filter((each) => each.status === status).length;

/** Vic is heard, and says it. */
async function vicIsHeard(app: HostileApp, text: string): Promise<void> {
  const { vic } = app;
  const id = `${vic.id}/${encodeURIComponent(text)}`;
  const said = app.create({ id, attributedTo: vic.id, content: text }, { id: `${id}/create`, actor: vic.id });
  expect((await app.send(app.signed(said, {}, vic))).status).toBe(202);
  expect(await app.texts()).toContain(text);
}

/** Everybody who is refused is told how long to wait. */
function expectPause(answers: readonly Outcome[]): void {
  const pauses = answers.filter(({ status }) => status === 429).map(({ headers }) => headers["retry-after"]);
  expect(pauses.filter((pause) => !(Number(pause) > 0))).toEqual([]);
}

test("IF-57: of one actor so many a minute, with the time to wait; others of the same server and of others are heard", async () => {
  const app = await startHostileApp();
  const answers = await flood(app, [app.eve], 400);
  expect([count(answers, 202), count(answers, 429)]).toEqual([300, 100]);
  expectPause(answers);
  await vicIsHeard(app, "in the flood of one");
  expect(await app.say("neighbour", "of the same server")).toBe(202);
});

test("IF-57: of two hundred actors of one server so many a minute together", async () => {
  const app = await startHostileApp();
  const crowd = Array.from({ length: 200 }, (_, n) => serveActor(app.peer, `crowd${n}`, app.eve.keys));
  const answers = await flood(app, crowd, 1_300);
  expect([count(answers, 202), count(answers, 429)]).toEqual([1_200, 100]);
  expectPause(answers);
  await vicIsHeard(app, "in the flood of a crowd");
});

test("IF-57: keys of servers that nobody has heard of are asked for so often a minute, all together", async () => {
  const app = await startHostileApp();
  await vicIsHeard(app, "before");
  // Servers that nobody can be: each costs a look, and no packet leaves this machine.
  const unheard = Array.from({ length: 700 }, (_, n) => {
    const id = `https://10.1.${n >> 8}.${n & 255}/users/x`;
    return { ...app.eve, id, keyId: `${id}#main-key` };
  });
  const answers = await flood(app, unheard, 700);
  expect([count(answers, 401), count(answers, 429)]).toEqual([599, 101]); // vic's was the first of 600
  expectPause(answers);
  expect(app.strangers).toEqual([]);
  await vicIsHeard(app, "in the flood of hosts");
  expect((await app.send(app.signed(app.create()))).status).toBe(429); // new servers wait, known ones do not
});

test("IF-57: of keys that one new server promises so many are asked for a minute", async () => {
  const app = await startHostileApp();
  const nobodies = Array.from({ length: 80 }, (_, n) => {
    const id = app.peer.url(`/users/nobody${n}`);
    return { ...app.eve, id, keyId: `${id}#main-key` };
  });
  const answers = await flood(app, nobodies, 80);
  expect([count(answers, 401), count(answers, 429)]).toEqual([60, 20]);
  expect(app.peer.requests).toHaveLength(60);
  expectPause(answers);
  await vicIsHeard(app, "in the flood of keys");
});

test("IF-57: when the minute is over, the flooder is heard again", async () => {
  const app = await startHostileApp();
  await flood(app, [app.eve], 300);
  expect((await app.send(idle(app, app.eve, 301))).status).toBe(429);
  vi.setSystemTime(Date.now() + 60_000);
  expect((await app.send(app.signed(app.create()))).status).toBe(202);
});

test("IF-58: a hundred thousand servers, actors and keys leave no more behind than the last few thousand", () => {
  const now = new Date("2026-11-22T08:00:00Z");
  const limits = createInboxLimits(() => now, { allNewHosts: Infinity, perHost: 1 });
  const refused = (work: () => void): boolean => {
    try {
      work();
      return false;
    } catch (error) {
      if (error instanceof GuardRefusal) return true;
      throw error;
    }
  };
  for (let n = 0; n < 100_000; n += 1) {
    const host = `h${n}.example`;
    limits.checkHost(host);
    limits.countStranger(host);
    limits.count(`https://${host}/users/x`, host);
    limits.enter(host)();
  }
  // What was counted of the first is forgotten; what was counted of the last is not.
  expect(refused(() => limits.checkHost("h0.example"))).toBe(false);
  expect(refused(() => limits.checkHost("h99999.example"))).toBe(true);
});
