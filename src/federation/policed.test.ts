import { expect, onTestFinished, test } from "vitest";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { startConversation } from "#domain/conversations.ts";
import { postMessage } from "#domain/messages/post.ts";
import { instanceActor } from "#domain/people.ts";
import { readMessage } from "#domain/read.ts";
import { setServerRule, type RuleLevel } from "#domain/server-rules.ts";
import type { Context } from "#domain/context.ts";
import { createEgress } from "#lib/egress.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { openHome } from "../../test/helpers/home.ts";
import { addActor } from "../../test/helpers/peer-actor.ts";
import { poll } from "../../test/helpers/poll.ts";
import { stateHash } from "../../test/helpers/state-hash.ts";
import { assembleFederation } from "./assemble.ts";
import { actorUri } from "./uris.ts";

async function open(federation: Context["settings"]["federation"]) {
  const peer = await HostilePeer.start();
  const home = await openHome({ settings: { federation } });
  await instanceActor(home.ctx);
  const egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  const doors = assembleFederation(home.ctx, { egress, keys: createRemoteKeyStore(home.ctx.db) });
  onTestFinished(async () => {
    await doors.lanes.stop();
    await egress.close();
    await peer.close();
    await home.close();
  });
  const { origin } = home.ctx.settings;
  const [ann, eve] = [await home.member("ann"), addActor(peer, "/users/eve")];
  const uri = actorUri(origin, ann.id);
  const serve = async (request: Request, path: string, id = "") => {
    const route = doors.routes.find((each) => each.method === request.method && each.path === path)!;
    const { pathname, search } = new URL(request.url);
    return (await route.handle(request, { id, target: pathname + search })).status;
  };
  let notes = 0;
  /** What eve gets for a message, for the actor's document and for WebFinger; and anybody for the document, unsigned. */
  const statuses = async () => {
    const id = `${eve.uri}/notes/${(notes += 1)}`;
    const object = { id, type: "Note", attributedTo: eve.uri, to: [uri], content: "<p>hello</p>" };
    const create = { id: `${id}/create`, type: "Create", actor: eve.uri, to: [uri], object };
    const finger = `${origin}/.well-known/webfinger?resource=acct:ann@${home.ctx.settings.host}`;
    return [
      await serve(await eve.deliver(`${origin}/inbox`, create), "/inbox"),
      await serve(await eve.ask(uri), "/users/:id", ann.id),
      await serve(await eve.ask(finger), "/.well-known/webfinger"),
      await serve(new Request(uri), "/users/:id", ann.id),
    ];
  };
  const rule = (level: RuleLevel) => setServerRule(home.ctx, { by: null, host: peer.host, level, note: "" });
  return { peer, home, doors, ann, eve, statuses, rule };
}

test.each([
  { title: "a suspended server gets nothing, says nothing, and is asked nothing", federation: "open" },
  {
    title: "who is not on the allow-list gets nothing, WebFinger and actors included (IF-41)",
    federation: "allow-list",
  },
] as const)("$title", async ({ federation }) => {
  const { peer, home, statuses, doors, rule } = await open(federation);
  if (federation === "open") await rule("suspend");
  const before = await stateHash(home.databaseUrl);
  expect(await statuses()).toEqual([403, 403, 403, 200]);
  await expect(doors.resolveAddress(`@eve@${peer.host}`)).rejects.toMatchObject({ code: "server_suspended" });
  expect(await stateHash(home.databaseUrl)).toBe(before);
  expect(peer.requests).toEqual([]);
  await rule("allow");
  expect(await statuses()).toEqual([202, 200, 200, 200]);
});

test("where federation is off, all doors are shut to servers", async () => {
  const { peer, statuses, rule } = await open("off");
  await rule("allow");
  expect(await statuses()).toEqual([403, 403, 403, 403]);
  expect(peer.requests).toEqual([]);
});

test("what waits for a server that is suspended ends, and its author sees why", async () => {
  const { peer, home, doors, ann, eve, rule } = await open("open");
  const { ctx } = home;
  const withEve = await home.stranger("eve", new URL(eve.uri).origin);
  const { id: conversationId } = await startConversation(ctx, { personId: ann.id, withId: withEve.id });
  const { message } = await postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
  await rule("suspend");
  doors.lanes.start();
  const of = { personId: ann.id, messageId: message.id };
  const states = async () =>
    (await readMessage(ctx, of)).deliveries.map(({ state, reason }) => `${state} ${reason}`);
  await poll("the delivery has ended", async () => !(await states()).includes("waiting null"));
  expect(await states()).toEqual(["gave-up server_suspended"]);
  expect(peer.requests).toEqual([]);
});

test("of a server with which nobody here talks yet, 60 activities a minute are taken", async () => {
  const { home, statuses, peer } = await open("quarantine");
  const count = async (times: number) => {
    const answers = [];
    for (let i = 0; i < times; i += 1) answers.push((await statuses())[0]);
    return answers.filter((status) => status === 202).length;
  };
  expect(await count(63)).toBe(60);
  await home.ctx.db.execute(`insert into peer (host, trusted_at) values ('${peer.host}', now())`);
  expect(await count(3)).toBe(3);
});
