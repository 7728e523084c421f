import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { instanceActor } from "#domain/people.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { serveSender } from "../../test/helpers/captured-sender.ts";
import { testCertificates } from "../../test/helpers/certificates.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { rsaKeyPair } from "../../test/helpers/keys.ts";
import { assembleFederation } from "./assemble.ts";
import { askSoftware } from "./nodeinfo.ts";
import { readActor } from "./translate/actor-in.ts";

let home: Home;
let peer: HostilePeer;
let egress: Egress;

beforeAll(async () => {
  const { authority, cert, key } = await testCertificates();
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(authority, "utf8")]);
  peer = await HostilePeer.start({
    tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") },
  });
  egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  home = await openHome();
  await instanceActor(home.ctx);
});
afterAll(async () => {
  await egress.close();
  await peer.close();
  await home.close();
});

/** The text of a fixture, with the peer's host in the place of its own. */
function captured(name: string, host: string): string {
  const file = new URL(`../../test/fixtures/federation/${name}.json`, import.meta.url);
  return readFileSync(file, "utf8").replaceAll(host, peer.host);
}

test.each([
  ["gts-webfinger", "gts.test", "alice", "/users/alice"],
  ["hollo-webfinger", "hollo.test", "hana", "/@hana"],
])("%s leads from an address to the actor", async (name, ...[host, handle, path]) => {
  const jrd = JSON.parse(captured(name, host)) as { subject: string };
  const query = `resource=${encodeURIComponent(jrd.subject)}`;
  peer.document(`/.well-known/webfinger?${query}`, jrd, "application/jrd+json");
  serveSender(peer, `https://${host}${path}`, rsaKeyPair());
  const federation = assembleFederation(home.ctx, { egress, keys: createRemoteKeyStore(home.ctx.db) });
  const person = await federation.resolveAddress(`@${handle}@${peer.host}`);
  expect(person).toMatchObject({ handle, host: peer.host, uri: peer.url(path), kind: "person" });
  expect(person.inbox).toBe(peer.url(`${path}/inbox`));
});

test.each([
  ["gts-nodeinfo", "gts-nodeinfo-links", "gts.test", { name: "gotosocial", version: "0.20.0-head" }],
  ["hollo-nodeinfo", "hollo-nodeinfo-links", "hollo.test", { name: "hollo", version: "0.6.14" }],
])("%s and %s say what runs there", async (document, links, ...[host, software]) => {
  peer.document("/.well-known/nodeinfo", JSON.parse(captured(links, host)), "application/json");
  peer.document("/nodeinfo/2.1", JSON.parse(captured(document, host)), "application/json");
  expect(await askSoftware(egress, peer.origin)).toMatchObject(software);
});

test("NodeInfo 2.0 alone is read as well", async () => {
  const { links } = JSON.parse(captured("gts-nodeinfo-links", "gts.test")) as { links: { rel: string }[] };
  const older = links.filter(({ rel }) => rel.endsWith("/2.0"));
  peer.document("/.well-known/nodeinfo", { links: older }, "application/json");
  peer.document("/nodeinfo/2.0", JSON.parse(captured("gts-nodeinfo20", "gts.test")), "application/json");
  expect(await askSoftware(egress, peer.origin)).toMatchObject({
    name: "gotosocial",
    version: "0.20.0-head",
  });
});

test("the actor that Hollo gives to a signed GET is read", () => {
  const { response_body: body } = JSON.parse(captured("get-gotosocial-hollo_hugo", "hollo.test")) as {
    response_body: string;
  };
  const uri = peer.url("/@hugo");
  const actor = readActor(JSON.parse(body) as JsonObject);
  expect(actor).toMatchObject({ uri, handle: "hugo", name: "hugo", kind: "person", inbox: `${uri}/inbox` });
});
