import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveActor } from "../../test/helpers/hostile-actor.ts";
import { HostileScene } from "../../test/helpers/hostile-scene.ts";
import { signCavage } from "../../test/helpers/hostile-signing.ts";
import { rsaKeyPair } from "../../test/helpers/keys.ts";
import { poll } from "../../test/helpers/poll.ts";

let scene: HostileScene;

beforeAll(async () => {
  scene = await HostileScene.start();
});

afterAll(() => scene.close());

const byEve = () => scene.byEve(scene.create(scene.eve.id));
const byVic = (keys = scene.vic.keys) =>
  signCavage(scene.unsigned(scene.create(scene.vic.id)), scene.as(scene.vic, keys));

test("an actor who has used up their share waits, their host's others do not (IF-57)", async () => {
  await scene.renew({ limits: { perActor: 3 } });
  for (let n = 0; n < 3; n += 1) expect(await scene.outcome(byEve())).toBe("202");
  const refused = await scene.inbox.send(byEve());
  expect(refused.status).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  const other = serveActor(scene.evil, "neighbour", scene.eve.keys);
  const byOther = signCavage(scene.unsigned(scene.create(other.id)), scene.as(other));
  expect(await scene.outcome(byOther)).toBe("202");
});

test("a host that has used up its share waits, other hosts do not, and a minute later it may again", async () => {
  let later = 0;
  await scene.renew({ limits: { perHost: 2 }, now: () => new Date(Date.now() + later) });
  for (let n = 0; n < 2; n += 1) expect(await scene.outcome(byEve())).toBe("202");
  expect(await scene.outcome(byEve())).toBe("429 too_many");
  expect(await scene.outcome(byVic())).toBe("202");
  later = 60_000;
  expect(await scene.outcome(byEve())).toBe("202");
});

test("forgeries in somebody's name do not use up their share", async () => {
  await scene.renew({ limits: { perActor: 2, perHost: 2 } });
  expect(await scene.outcome(byVic())).toBe("202");
  for (let n = 0; n < 5; n += 1) {
    expect(await scene.outcome(byVic(scene.eve.keys))).toBe("401 signature_wrong");
  }
  expect(await scene.outcome(byVic())).toBe("202");
});

test("a host of which nothing is proven yet makes us fetch only so many keys (IF-58)", async () => {
  await scene.renew({ limits: { perNewHost: 4 } });
  const outcomes = [];
  for (let n = 0; n < 6; n += 1) {
    const id = scene.evil.url(`/users/nobody-${n}`);
    const signed = signCavage(scene.unsigned(scene.create(id)), scene.as({ keyId: `${id}#main-key` }));
    outcomes.push(await scene.outcome(signed));
  }
  expect(outcomes.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => "401 key_refused"));
  expect(outcomes.slice(4)).toEqual(["429 too_many", "429 too_many"]);
  expect(scene.fetches).toHaveLength(4);
});

test("all hosts of which nothing is proven yet make us fetch only so many keys together", async () => {
  await scene.renew({ limits: { allNewHosts: 3 } });
  const outcomes = [];
  for (const peer of [scene.evil, scene.victim, scene.evil, scene.victim]) {
    const id = peer.url(`/users/nobody-${outcomes.length}`);
    const signed = signCavage(scene.unsigned(scene.create(id)), scene.as({ keyId: `${id}#main-key` }));
    outcomes.push(await scene.outcome(signed));
  }
  expect(outcomes).toEqual(["401 key_refused", "401 key_refused", "401 key_refused", "429 too_many"]);
  expect(scene.fetches).toHaveLength(3);
});

test("a host that has proven something makes us fetch only so many more keys", async () => {
  await scene.renew({ limits: { perNewHost: 2, newKeysPerHost: 3 } });
  expect(await scene.outcome(byEve())).toBe("202");
  const outcomes = [];
  for (let n = 0; n < 4; n += 1) {
    const id = scene.evil.url(`/users/nobody-${n}`);
    const signed = signCavage(scene.unsigned(scene.create(id)), scene.as({ keyId: `${id}#main-key` }));
    outcomes.push(await scene.outcome(signed));
  }
  expect(outcomes.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => "401 key_refused"));
  expect(outcomes[3]).toBe("429 too_many");
  expect(await scene.outcome(byEve())).toBe("202");
});

test("bodies of one host that are still on their way take places, so that they are bounded too", async () => {
  await scene.renew({ limits: { concurrentPerHost: 1 } });
  const { body = "", ...head } = byEve();
  const { hostname, port } = new URL(scene.inbox.origin);
  const answered = Promise.withResolvers<number | undefined>();
  const slow = request(
    { host: hostname, port, method: head.method, path: head.target, headers: head.headers, setHost: false },
    (response) => answered.resolve(response.resume().statusCode),
  );
  slow.write(body.slice(0, 10));
  await poll("the place is taken", async () => (await scene.outcome(byEve())) === "429 too_many_at_once");
  slow.end(body.slice(10));
  expect(await answered.promise).toBe(202);
  await poll("the place is free", async () => (await scene.outcome(byEve())) === "202");
});

test("only so many of one host are judged at once", async () => {
  await scene.renew({ limits: { concurrentPerHost: 2 } });
  const slow = serveActor(scene.evil, "slow", rsaKeyPair());
  let answer: (() => void) | undefined;
  scene.evil.answer(slow.path, async (_request, response) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    response.writeHead(200, { "content-type": "application/activity+json" });
    response.end(JSON.stringify(slow.document));
  });
  const bySlow = () => signCavage(scene.unsigned(scene.create(slow.id)), scene.as(slow, slow.keys));
  const sent = [1, 2, 3].map(() => scene.inbox.send(bySlow()));
  expect((await Promise.race(sent)).status).toBe(429);
  await expect.poll(() => answer).toBeDefined();
  answer?.();
  const statuses = (await Promise.all(sent)).map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([202, 202, 429]);
});
