import { signRequest } from "@fedify/fedify/sig";
import type { HostilePeer } from "../hostile-peer.ts";
import { actorDocument } from "./hostile-actor.ts";
import { pemOf, rsaKeyPair } from "./keys.ts";

const activityJson = "application/activity+json";

/** An actor of a scripted peer, who signs as they should. */
export interface PeerActor {
  readonly uri: string;
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
  const keys = rsaKeyPair();
  const keyId = new URL(`${uri}#main-key`);
  const key = keys.privateKey.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["sign"]);
  const document = {
    ...actorDocument(uri, { id: keyId.href, owner: uri, publicKeyPem: pemOf(keys) }),
    preferredUsername: path.replace(/^.*[/@]/, ""),
  };
  const publish: PeerActor["publish"] = (changes = {}) => peer.document(path, { ...document, ...changes });
  const sign = (request: Request) =>
    signRequest(request, key, keyId, { spec: "draft-cavage-http-signatures-12" });
  publish();
  return {
    uri,
    publish,
    deliver: (inbox, activity) => {
      const body = typeof activity === "string" ? activity : JSON.stringify(activity);
      return sign(new Request(inbox, { method: "POST", headers: { "content-type": activityJson }, body }));
    },
    ask: (url) => sign(new Request(url, { headers: { accept: activityJson } })),
  };
}
