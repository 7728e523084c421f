/** With a key pair (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
export const pairAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/** With a key that both sides have. */
export const sharedAlgorithms = ["HS256", "HS384", "HS512"] as const;

/** Every algorithm by which a token may be signed here; `none` is none. */
export const signatureAlgorithms = [...pairAlgorithms, ...sharedAlgorithms] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];
