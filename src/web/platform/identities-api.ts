import type { IdentityList, ProviderJourney } from "#protocol/issuers.ts";
import { type Request, root } from "./api.ts";

const path = `${root}/me/identities`;

/** By which providers somebody is known. */
export function readIdentities(request: Request): Promise<IdentityList> {
  return request<IdentityList>("GET", path);
}

/** Where the browser goes to be known by another one. */
export function beginLink(request: Request, slug: string): Promise<ProviderJourney> {
  return request<ProviderJourney>("POST", `${path}/${encodeURIComponent(slug)}/begin`);
}

/** Is known by the one that the browser has just come back from. */
export function finishLink(request: Request, ticket: string): Promise<void> {
  return request<void>("POST", `${path}/finish`, { ticket });
}

/** Is known by one no more. */
export function unlink(request: Request, issuerId: string): Promise<void> {
  return request<void>("DELETE", `${path}/${issuerId}`);
}
