import { verifyRequest } from "@fedify/fedify/sig";
import { CryptographicKey } from "@fedify/vocab";
import { fitsCavage } from "./cavage.ts";
import { bundledContexts } from "./contexts.ts";
import { KeyUnavailable } from "./remote-key-proof.ts";
import type { RemoteKey, RemoteKeys } from "./remote-keys.ts";
import { examine, type ExaminedRequest, type SignedHead } from "./verify-examine.ts";
import { Unverified } from "./verify-unverified.ts";
import { digestsFit } from "./verify-digest.ts";
import type { SignatureClaim } from "./verify-signature-header.ts";

export interface SignedRequest extends SignedHead {
  readonly rawBody: Uint8Array<ArrayBuffer>;
}

/** Who signed a request. */
export interface Signer {
  readonly actorUri: string;
  readonly keyId: string;
}

/** Proves who signed a request (draft-cavage-http-signatures-12 or RFC 9421). */
export interface Verifier {
  /** Judges what can be judged without body, key or network, and names the key. Throws Unverified. */
  examineInbound(request: SignedHead): SignatureClaim;
  /** The same for a request without a body. Throws Unverified. */
  examineGet(request: SignedHead): SignatureClaim;
  /** For the inbox: the body's SHA-256 digest must be signed. Throws Unverified. */
  verifyInbound(request: SignedRequest): Promise<Signer>;
  /** For private objects: no digest is asked for. Throws Unverified. */
  verifyGet(request: SignedHead): Promise<Signer>;
}

export interface VerifierOptions {
  /** Our public origin: what a signature must have been made for, whatever stands between us and the sender. */
  readonly origin: string;
  readonly keys: RemoteKeys;
  readonly now: () => Date;
}

/** Builds the verifier. A signature that does not fit is tried once more with the key fetched anew. */
export function createVerifier(options: VerifierOptions): Verifier {
  const verify = async (request: ExaminedRequest): Promise<Signer> => {
    const key = await resolved(options.keys, request.claim.keyId);
    if (await fits(request, key)) return signerOf(key);
    const fresh = await options.keys.refetch(key);
    if (fresh !== undefined && (await fits(request, fresh))) return signerOf(fresh);
    throw new Unverified("signature_wrong");
  };

  return {
    examineInbound: (request) => examine(request, { ...options, withBody: true }).claim,
    examineGet: (request) => examine(request, { ...options, withBody: false }).claim,
    verifyInbound: (request) => {
      const examined = examine(request, { ...options, withBody: true });
      if (!digestsFit(request.headers, request.rawBody)) throw new Unverified("digest_mismatch");
      return verify({ ...examined, rawBody: request.rawBody });
    },
    verifyGet: (request) => verify(examine(request, { ...options, withBody: false })),
  };
}

function signerOf(key: RemoteKey): Signer {
  return { actorUri: key.ownerUri, keyId: key.keyId };
}

async function resolved(keys: RemoteKeys, keyId: string): Promise<RemoteKey> {
  try {
    return await keys.resolve(keyId);
  } catch (error) {
    if (!(error instanceof KeyUnavailable)) throw error;
    const reason = error.problem === "temporary" ? "key_unavailable" : "key_refused";
    throw new Unverified(reason, { cause: error });
  }
}

/** Whether a signature was made with this key. */
async function fits(examined: ExaminedRequest, key: RemoteKey): Promise<boolean> {
  const { claim, url, method, headers } = examined;
  if (!isUsableWith(key, claim)) return false;
  if (claim.scheme === "rfc9421") return await fitsRfc9421(examined, key);
  return fitsCavage(claim, { method, url, headers: new Map(headers) }, key.key);
}

/** Fedify gets only what the signature covers, and no way to a network. */
async function fitsRfc9421(
  { claim, url, method, headers, rawBody }: ExaminedRequest,
  key: RemoteKey,
): Promise<boolean> {
  const request = new Request(url, { method, headers, body: rawBody ?? null });
  try {
    const found = await verifyRequest(request, {
      spec: claim.scheme,
      timeWindow: false, // judged before, by the injected clock
      keyCache: { get: () => Promise.resolve(fedifyKey(key)), set: () => Promise.resolve() },
      documentLoader: (address) => Promise.reject(new Error(`not fetched: ${address}`)),
      contextLoader: bundledContexts,
    });
    return found !== null;
  } catch {
    return false; // what it throws at are signatures that cannot be decoded
  }
}

function isUsableWith(key: RemoteKey, claim: SignatureClaim): boolean {
  if (claim.scheme !== "rfc9421") return key.algorithm === "rsa-v1_5-sha256";
  return claim.algorithm === undefined || claim.algorithm === key.algorithm;
}

const fedifyKeys = new WeakMap<RemoteKey, CryptographicKey>();

function fedifyKey(key: RemoteKey): CryptographicKey {
  const made =
    fedifyKeys.get(key) ??
    new CryptographicKey({ id: new URL(key.keyId), owner: new URL(key.ownerUri), publicKey: key.key });
  fedifyKeys.set(key, made);
  return made;
}
