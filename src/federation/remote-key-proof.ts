import { DocumentUnavailable, type Documents, type RemoteDocument } from "./documents.ts";
import { findKey, isActorDocument, listsKey, type KeyClaim } from "./remote-key-claims.ts";
import { algorithmOf, readKeyMaterial, toPem, type KeyAlgorithm } from "./remote-key-material.ts";
import { address } from "./translate/values.ts";

/**
 * Why a key cannot be had: its own server says that there is no such key, we refuse to ask or to believe, or a later
 * attempt may succeed.
 */
export type KeyProblem = "not_there" | "refused" | "temporary";

export class KeyUnavailable extends Error {
  readonly problem: KeyProblem;

  constructor(problem: KeyProblem, message: string, options: { cause?: unknown } = {}) {
    super(`key unavailable: ${message}`, options);
    this.name = "KeyUnavailable";
    this.problem = problem;
  }
}

/** A key and the actor who has been seen to own it. */
export interface ProvenKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string;
}

/**
 * Fetches a key and proves it in both directions: the key names its owner, and the owner's document names the key.
 * Throws KeyUnavailable.
 */
export async function fetchProvenKey(documents: Documents, keyId: string): Promise<ProvenKey> {
  const source = await fetched(documents.fetchAnyId(keyId));
  const claim = findKey(source.document, keyId);
  if (claim === undefined) throw new KeyUnavailable("not_there", "its document does not hold it");
  const id = source.document["id"];
  const ownerUri = claim.owner ?? (typeof id === "string" ? id : "");
  if (!address.safeParse(ownerUri).success) throw new KeyUnavailable("refused", "its owner has no address");
  if (!sameOrigin(source.finalUrl, keyId) || !sameOrigin(ownerUri, keyId)) {
    throw new KeyUnavailable("refused", "its owner is of another origin");
  }
  const isOwners = id === ownerUri && URL.parse(ownerUri)?.href === source.finalUrl;
  const actor = isOwners ? { id, document: source.document } : await fetched(documents.fetch(ownerUri));
  const { material } = ownClaim(actor, { keyId, ownerUri }) ?? claim;
  const key = await readKeyMaterial(material);
  const algorithm = key && algorithmOf(key);
  if (key === undefined || algorithm === undefined)
    throw new KeyUnavailable("refused", "not a kind that we use");
  return { keyId, ownerUri, algorithm, publicKey: toPem(key) };
}

/**
 * What the owner's document says of the key, which goes before what the key's own document says; undefined when it
 * names the key without holding it.
 */
function ownClaim(
  actor: RemoteDocument,
  { keyId, ownerUri }: Pick<ProvenKey, "keyId" | "ownerUri">,
): KeyClaim | undefined {
  if (actor.id !== ownerUri || !isActorDocument(actor.document) || !listsKey(actor.document, keyId)) {
    throw new KeyUnavailable("not_there", "its owner does not name it");
  }
  const own = findKey(actor.document, keyId);
  if (own?.owner !== undefined && own.owner !== ownerUri) {
    throw new KeyUnavailable("not_there", "its owner's document gives it to somebody else");
  }
  return own;
}

async function fetched<Document>(fetching: Promise<Document>): Promise<Document> {
  try {
    return await fetching;
  } catch (error) {
    if (!(error instanceof DocumentUnavailable)) throw error;
    const problem = error.temporary ? "temporary" : error.problem === "gone" ? "not_there" : "refused";
    throw new KeyUnavailable(problem, error.problem, { cause: error });
  }
}

function sameOrigin(one: string, other: string): boolean {
  const origin = URL.parse(one)?.origin;
  return origin !== undefined && origin !== "null" && origin === URL.parse(other)?.origin;
}
