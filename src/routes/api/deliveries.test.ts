import { expect, onTestFinished, test } from "vitest";
import { startConversation } from "#domain/conversations.ts";
import { saveRemotePerson } from "#domain/people.ts";
import type { Reach, Sent } from "#protocol/api.ts";
import { startApp } from "../../../test/helpers/app.ts";
import { HostilePeer } from "../../../test/hostile-peer.ts";
import type { PersonId } from "#lib/ids.ts";

const base = "/api/chat/v1";

/** A server that delivers nothing, ann on it, and her conversation with bo of a peer that runs `software`. */
async function openScene(software: { name: string; version: string }) {
  const peer = await HostilePeer.start();
  onTestFinished(() => peer.close());
  const rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
  const links = { links: [{ rel, href: peer.url("/nodeinfo/2.0") }] };
  peer.document("/.well-known/nodeinfo", links, "application/json");
  peer.document("/nodeinfo/2.0", { version: "2.0", software }, "application/json");
  const app = await startApp({ role: "web", peers: [peer.host] });
  const ann = await app.person("ann");
  const uri = peer.url("/u/bo");
  const person = { kind: "person", handle: "bo", name: "", profileUrl: null } as const;
  const bo = await saveRemotePerson(app.ctx, { ...person, uri, host: peer.host, inbox: `${uri}/inbox` });
  const { id } = await startConversation(app.ctx, { personId: ann.id as PersonId, withId: bo.id });
  const { token } = ann;
  const reach = async () => (await app.request(`${base}/conversations/${id}/reach`, { token })).json as Reach;
  const say = (text: string) =>
    app.request(`${base}/conversations/${id}/messages`, { token, json: { key: crypto.randomUUID(), text } });
  return { app, peer, bo, token, reach, say };
}

test("an author stops a delivery and takes it up again, and their sessions see it", async () => {
  const { app, peer, bo, token, say } = await openScene({ name: "mastodon", version: "4.5.0" });
  const socket = await app.socket(token);
  const { message, deliveries } = (await say("hello")).json as Sent;
  const at = { personId: bo.id, host: peer.host };
  expect(deliveries).toMatchObject([{ ...at, state: "waiting", reason: null }]);
  const act = async (what: "cancel" | "retry") => {
    const path = `${base}/messages/${message.id}/deliveries/${what}`;
    const { status, json } = await app.request(path, { token, method: "POST" });
    expect([status, (json as Sent).message]).toEqual([200, message]);
    return (json as Sent).deliveries;
  };
  for (const [what, state, reason] of [
    ["cancel", "gave-up", "cancelled"],
    ["cancel", "gave-up", "cancelled"],
    ["retry", "waiting", null],
  ] as const) {
    const told = { ...at, state, reason };
    expect(await act(what)).toMatchObject([told]);
    await socket.next(
      (frame) => frame.type === "delivery.changed" && frame.deliveries.some((one) => one.state === state),
    );
  }
});

test("what the other's server runs is asked for when it is not known, and told with its verdict", async () => {
  const { peer, reach } = await openScene({ name: "friendica", version: "2025.07" });
  const expected = {
    host: peer.host,
    software: "friendica",
    version: "2025.07",
    verdict: "ok",
    reason: "followers_only",
    notAnsweringSince: null,
  };
  expect(await reach()).toEqual({ servers: [expected] });
  expect(await reach()).toEqual({ servers: [expected] });
  expect(peer.requests).toHaveLength(2);
});

test("sending to a server that cannot receive is refused by name", async () => {
  const { reach, say } = await openScene({ name: "peertube", version: "8.0.0" });
  expect((await reach()).servers).toMatchObject([{ verdict: "cannot", reason: "no_private_messages" }]);
  const { status, json } = await say("hello");
  expect([status, json]).toMatchObject([422, { error: "cannot_receive", field: "text" }]);
});
