import type { webcrypto } from "node:crypto";
import type { EgressRequest, EgressResponse } from "#lib/egress.ts";

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

/** Signed requests: draft-cavage first, RFC 9421 after a 401, remembered per origin in memory. */
export interface Signing {
  /** Delivers an activity; any status is an answer. Throws EgressError. */
  post(request: SignedPost): Promise<EgressResponse>;
  get(request: SignedGet): Promise<EgressResponse>;
}
