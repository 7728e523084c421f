import type { webcrypto } from "node:crypto";
import { signRequest, type HttpMessageSignaturesSpec } from "@fedify/fedify/sig";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { Egress, EgressRequest, EgressResponse } from "#lib/egress.ts";
import { log } from "#lib/log.ts";
import { signCavage } from "./cavage.ts";

/** A local actor's RSA key (RSASSA-PKCS1-v1_5 with SHA-256, extractable: Fedify refuses others). */
export interface SigningActor {
  readonly keyId: string;
  readonly privateKey: webcrypto.CryptoKey;
}

export interface SignedPost {
  readonly url: string;
  /** The activity's JSON, signed and sent byte for byte. */
  readonly body: string;
  readonly actor: SigningActor;
  readonly timeoutMs?: number;
}

export interface SignedGet {
  readonly url: string;
  readonly actor: SigningActor;
  readonly accept: string;
  readonly limits?: Pick<EgressRequest, "maxBytes" | "timeoutMs" | "redirects">;
}

/** Which signatures other servers take, kept beyond this process; draft-cavage goes without saying. */
export interface SignatureMemory {
  /** Those that take RFC 9421: so many at most. */
  load(limit: number): Promise<readonly string[]>;
  save(host: string, signatures: "cavage" | "rfc9421"): Promise<void>;
}

/** Signed requests: draft-cavage first, RFC 9421 after a 401, remembered per server. */
export interface Signing {
  /** Delivers an activity; any status is an answer. Throws EgressError. */
  post(request: SignedPost): Promise<EgressResponse>;
  get(request: SignedGet): Promise<EgressResponse>;
}

const rememberedHosts = 10_000;
const cavage = "draft-cavage-http-signatures-12";

/** Of the two types that ActivityPub allows this is the one that no server is known to refuse. */
const activityType = "application/activity+json";

/** Builds the signer. It reads the real clock: the receiver's, which no test can set, judges the signature. */
export function createSigning(egress: Egress, memory?: SignatureMemory): Signing {
  const specs = new BoundedMap<string, HttpMessageSignaturesSpec>({ max: rememberedHosts });
  let loading: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    try {
      for (const host of (await memory?.load(rememberedHosts)) ?? []) specs.set(host, "rfc9421");
    } catch (error) {
      loading = undefined; // what cannot be read now is read with the next request
      throw error;
    }
  };

  /** Written down once for each change; a delivery that was made does not fail for it. */
  const remember = (host: string, spec: HttpMessageSignaturesSpec): void => {
    if (specs.get(host) === spec) return;
    specs.set(host, spec);
    memory?.save(host, spec === cavage ? "cavage" : "rfc9421").catch((error: unknown) => {
      log("federation").warn("which signatures a server takes could not be kept", { host, error });
    });
  };

  /** Knocks with one kind of signature and, if that is not understood, once more with the other. */
  const knock = async (url: string, request: Unsigned): Promise<EgressResponse> => {
    const { host } = egress.check(url);
    await (loading ??= load());
    const first = specs.get(host) ?? cavage;
    const answer = await egress.fetch(url, signed(request, first));
    if (answer.status !== 401) return answer;
    const second = first === cavage ? "rfc9421" : cavage;
    const otherAnswer = await egress.fetch(url, signed(request, second));
    if (otherAnswer.status === 401) return answer;
    remember(host, second);
    return otherAnswer;
  };

  return {
    post: ({ url, body, actor, timeoutMs }) =>
      knock(url, {
        actor,
        headers: { "content-type": activityType },
        request: { method: "POST", body, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      }),
    get: ({ url, actor, accept, limits }) =>
      knock(url, { actor, headers: { accept }, request: limits ?? {} }),
  };
}

interface Unsigned {
  readonly actor: SigningActor;
  /** Every one of them is covered by a draft-cavage signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly request: EgressRequest;
}

function signed({ actor, headers, request }: Unsigned, spec: HttpMessageSignaturesSpec): EgressRequest {
  const { method = "GET", body = null } = request;
  return {
    ...request,
    headers: async (url) => {
      if (spec === cavage) {
        const { keyId, privateKey } = actor;
        const covered = new Map(Object.entries(headers));
        return await signCavage({ method, url, headers: covered }, { keyId, privateKey, body });
      }
      const bare = new Request(url, { method, headers, body });
      const done = await signRequest(bare, actor.privateKey, new URL(actor.keyId), { spec });
      return Object.fromEntries(done.headers);
    },
  };
}
