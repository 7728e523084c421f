import type { HostilePeer } from "../hostile-peer.ts";
import { pemOf, rsaKeyPair, type KeyPair } from "./keys.ts";

/** An actor that a hostile peer serves. */
export interface HostileActor {
  readonly id: string;
  readonly keyId: string;
  readonly keys: KeyPair;
  /** The path of the actor document. */
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Serves an actor as most servers do: the key stands in the actor document, under its fragment. */
export function serveActor(peer: HostilePeer, name: string, keys: KeyPair = rsaKeyPair()): HostileActor {
  const path = `/users/${name}`;
  const id = peer.url(path);
  const keyId = `${id}#main-key`;
  const document = actorDocument(id, { id: keyId, owner: id, publicKeyPem: pemOf(keys) });
  peer.document(path, document);
  return { id, keyId, keys, path, document };
}

/** An actor document with this `publicKey`. */
export function actorDocument(id: string, publicKey: unknown): Readonly<Record<string, unknown>> {
  return {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id,
    type: "Person",
    preferredUsername: id.replace(/^.*\//, ""),
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    publicKey,
  };
}
