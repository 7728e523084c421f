import { readFileSync } from "node:fs";
import type { HostilePeer } from "../hostile-peer.ts";
import { pemOf, type KeyPair } from "./keys.ts";

/** Makes a peer answer as the server of a captured sender did, in the peer's name and with the test's key. */
export function serveSender(peer: HostilePeer, actorUri: string, keys: KeyPair): void {
  const { hostname, pathname } = new URL(actorUri);
  if (hostname.startsWith("gts")) serveGoToSocial(peer, pathname, keys);
  else serveHollo(peer, pathname, keys);
}

/** GoToSocial answers the address of a key with a stub of the actor, and the actor only to a signed GET. */
function serveGoToSocial(peer: HostilePeer, path: string, keys: KeyPair): void {
  const stub = served("gts-mainkey-stub", { "https://gts.test": peer.origin, alice: lastOf(path) }, keys);
  peer.document(`${path}/main-key`, stub);
  peer.answer(path, (request, response) => {
    if (request.headers["signature"] === undefined) return void response.writeHead(401).end();
    response.writeHead(200, { "content-type": "application/activity+json" });
    response.end(JSON.stringify({ ...stub, inbox: peer.url(`${path}/inbox`) }));
  });
}

function serveHollo(peer: HostilePeer, path: string, keys: KeyPair): void {
  const replace = { "https://hollo.test": peer.origin, hana: lastOf(path) };
  peer.document(path, served("hollo-actor", replace, keys));
}

/** The document of a fixture, with other texts in the place of its own and with the test's key. */
function served(
  name: string,
  replace: Readonly<Record<string, string>>,
  keys: KeyPair,
): Record<string, unknown> {
  const file = new URL(`../fixtures/federation/${name}.json`, import.meta.url);
  const text = Object.entries(replace).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    readFileSync(file, "utf8"),
  );
  const pem = JSON.stringify(pemOf(keys)).slice(1, -1);
  const ownKey = text.replace(/-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----(\\n)?/, () => pem);
  return JSON.parse(ownKey) as Record<string, unknown>;
}

function lastOf(path: string): string {
  return path.replace(/^.*[/@]/, "");
}
