import type { SignatureAlgorithm } from "#lib/signature-algorithms.ts";

/** Names of the claims that say who somebody is; an absent one is the usual. */
export interface ClaimNames {
  /** `sub`. */
  subject?: string;
  /** `preferred_username`. */
  handle?: string;
  /** `name`. */
  name?: string;
  /** `sid`. */
  session?: string;
}

/** Somebody else whose word about who people are is taken; its secrets are never shown. */
export interface Issuer {
  id: string;
  slug: string;
  name: string;
  uri: string;
  /** Whether people sign in there by their browser (OpenID Connect). */
  signsIn: boolean;
  clientId: string | null;
  hasClientSecret: boolean;
  /** What it must know as the address to lead people back to. */
  redirectUri: string;
  /** Whether its tokens are taken as bearers. */
  acceptsTokens: boolean;
  audience: string | null;
  jwksUri: string | null;
  hasSharedKey: boolean;
  algorithms: SignatureAlgorithm[];
  claims: ClaimNames;
  makesAccounts: boolean;
  disabled: boolean;
  createdAt: string;
}

/** `GET /admin/issuers`: oldest first. */
export interface IssuerList {
  issuers: Issuer[];
}

/** By whom somebody can sign in. */
export interface Provider {
  slug: string;
  name: string;
}

/** An issuer that knows the caller. */
export interface Identity {
  issuerId: string;
  slug: string;
  name: string;
  createdAt: string;
}

/** `GET /me/identities`: oldest first. */
export interface IdentityList {
  identities: Identity[];
}

/** `POST /me/identities/{slug}/begin`: where the browser goes. */
export interface ProviderJourney {
  url: string;
}

/** `POST /auth/providers/look`: somebody whom a provider named, and who has no account yet. */
export interface ProviderNewcomer {
  provider: string;
  /** The handle that it suggests; empty for none. */
  handle: string;
}
