import { generateKeyPairSync, type webcrypto } from "node:crypto";
import { signRequest } from "@fedify/fedify/sig";
import type { HostilePeer } from "../hostile-peer.ts";

const activityJson = "application/activity+json";

/** An actor of a scripted peer, with a key of their own. */
export interface PeerActor {
  readonly uri: string;
  readonly handle: string;
  /** Serves the actor document; `changes` overrides any of its properties. */
  publish(changes?: Readonly<Record<string, unknown>>): void;
  /** A signed delivery of an activity (text, or anything that becomes JSON) to an inbox. */
  deliver(inbox: string, activity: unknown): Promise<Request>;
  /** A signed request for a document. */
  ask(url: string): Promise<Request>;
}

/** Makes an actor at `path` of a peer and publishes their document. */
export function addActor(peer: HostilePeer, path: string): PeerActor {
  const uri = peer.url(path);
  const handle = path.replace(/^.*[/@]/, "");
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["sign"]);
  const document = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id: uri,
    type: "Person",
    preferredUsername: handle,
    name: handle,
    inbox: `${uri}/inbox`,
    publicKey: {
      id: `${uri}#main-key`,
      owner: uri,
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    },
  };
  const publish: PeerActor["publish"] = (changes = {}) => peer.document(path, { ...document, ...changes });
  publish();
  return {
    uri,
    handle,
    publish,
    deliver: (inbox, activity) => {
      const body = typeof activity === "string" ? activity : JSON.stringify(activity);
      const request = new Request(inbox, { method: "POST", headers: { "content-type": activityJson }, body });
      return sign(request, key, `${uri}#main-key`);
    },
    ask: (url) => sign(new Request(url, { headers: { accept: activityJson } }), key, `${uri}#main-key`),
  };
}

function sign(request: Request, key: webcrypto.CryptoKey, keyId: string): Promise<Request> {
  return signRequest(request, key, new URL(keyId), { spec: "draft-cavage-http-signatures-12" });
}
