import { hash, timingSafeEqual } from "node:crypto";
import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
} from "openid-client";
import type { IssuerRow } from "#db/issuers.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import type { Device } from "../open-session.ts";
import { type Begun, beginSession } from "../sign-in/begin.ts";
import type { TokenPair } from "../tokens.ts";
import { openTicket, readTicket, takeTicket } from "../tickets.ts";
import { callbackOf } from "./address.ts";
import type { Said } from "./claims.ts";
import { discoverIssuer } from "./discover.ts";
import { redeem } from "./redeem.ts";
import { findKnown, makeAccount } from "./identity.ts";
import { findProvider } from "./known.ts";

const purpose = "provider";
/** Seconds in which somebody comes back from a provider, and in which they finish what they began there. */
export const FLOW_SECONDS = 10 * 60;

/** Who wants to be known by an issuer besides, and in which session they said so. */
export interface Linking {
  personId: PersonId;
  sessionId: SessionId;
}

/** What is remembered of somebody who went to a provider. */
interface Journey {
  kind: "journey";
  issuerId: string;
  nonce: string;
  verifier: string;
  next: string;
  /** The digest of what their browser keeps meanwhile. */
  flow: string;
  link: Linking | null;
}

/** Somebody whom a provider has named, and what is left to do: to choose a handle, or to say so in their own session. */
interface Named {
  kind: "newcomer" | "link";
  slug: string;
  issuerId: string;
  subject: string;
  name: string;
  handle: string;
  flow: string;
  sessionId: SessionId | null;
}

/** What came of a journey to a provider. */
export type Arrival =
  | { kind: "entered"; personId: PersonId; begun: Begun; next: string }
  | { kind: "newcomer"; ticket: string; next: string }
  | { kind: "link"; ticket: string };

/**
 * Sends somebody to a provider; answers the address. `flow` is what their browser keeps: whoever comes back must have it. Refuses
 * `not_found` and `provider_unreachable`.
 */
export async function beginJourney(
  ctx: Context,
  input: { slug: string; flow: string; next: string; link: Linking | null },
): Promise<string> {
  const { slug, flow, next, link } = input;
  const issuer = await findProvider(ctx, slug);
  if (issuer === null) throw new Refusal("not_found");
  const config = await discoverIssuer(ctx, issuer);
  const [nonce, verifier] = [randomNonce(), randomPKCECodeVerifier()];
  const data: Journey = {
    kind: "journey",
    issuerId: issuer.id,
    nonce,
    verifier,
    next,
    flow: digestOf(flow),
    link,
  };
  const state = await openTicket(ctx, ctx.db, {
    purpose,
    seconds: FLOW_SECONDS,
    data,
    ...(link !== null && { personId: link.personId }),
  });
  const url = buildAuthorizationUrl(config, {
    redirect_uri: callbackOf(ctx.settings, slug),
    scope: "openid profile",
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  return url.href;
}

/**
 * Somebody is back from a provider. What they went with counts once, in the browser that they went with, for that provider.
 * Refuses `ticket_invalid`, `provider_failed`, `provider_unreachable`, `no_account`, `account_inactive`.
 */
export async function arrive(
  ctx: Context,
  input: { slug: string; answer: URLSearchParams; flow: string | undefined; device: Device },
): Promise<Arrival> {
  const { slug, answer, flow, device } = input;
  const state = answer.get("state");
  if (state === null) throw new Refusal("ticket_invalid");
  const { data } = await takeTicket(ctx, ctx.db, { secret: state, purpose });
  const journey = data as Journey;
  if (journey.kind !== "journey" || !isFlow(flow, journey.flow)) throw new Refusal("ticket_invalid");
  const issuer = await findProvider(ctx, slug);
  if (issuer?.id !== journey.issuerId) throw new Refusal("ticket_invalid");
  const { nonce, verifier, next, link } = journey;
  const said = await redeem(ctx, issuer, { answer, state, nonce, verifier });
  if (link !== null)
    return { kind: "link", ticket: await openNamed(ctx, { said, flow: journey.flow, link }) };
  const known = await findKnown(ctx, said);
  const personId = known ?? (await comeIn(ctx, said, device));
  if (personId === null)
    return { kind: "newcomer", ticket: await openNamed(ctx, { said, flow: journey.flow, link }), next };
  return {
    kind: "entered",
    personId,
    begun: await beginSession(ctx, { personId, device, by: "provider", issuerId: issuer.id }),
    next,
  };
}

/** What whoever came in by a provider for the first time may be called, where it said nothing that they can be. */
export async function readNewcomer(
  ctx: Context,
  input: { ticket: string; flow: string | undefined },
): Promise<{ name: string; handle: string }> {
  const { data } = await readTicket(ctx, ctx.db, { secret: input.ticket, purpose });
  const named = checkNamed(data as Named, { kind: "newcomer", flow: input.flow });
  return { name: (await issuerOf(ctx, named)).name, handle: named.handle };
}

/** Makes the account of whoever came in by a provider, under a handle that they chose. Refuses what `makeAccount` refuses. */
export async function finishNewcomer(
  ctx: Context,
  input: { ticket: string; flow: string | undefined; handle: string; device: Device },
): Promise<{ personId: PersonId; tokens: TokenPair }> {
  const { ticket: secret, flow, handle, device } = input;
  const { data } = await readTicket(ctx, ctx.db, { secret, purpose });
  const named = checkNamed(data as Named, { kind: "newcomer", flow });
  const issuer = await issuerOf(ctx, named);
  const said: Said = { issuer, session: null, isExact: true, ...named };
  const personId = await makeAccount(ctx, {
    said,
    handle,
    by: "provider",
    address: device.address,
    first: (tx) => takeTicket(ctx, tx, { secret, purpose }),
  });
  const begun = await beginSession(ctx, { personId, device, by: "provider", issuerId: issuer.id });
  // Two tabs at once: by now the account is there, and has a second step.
  if ("ticket" in begun) throw new Refusal("ticket_invalid", { field: "ticket" });
  return { personId, ...begun };
}

/** Who was named to somebody who wants to be known by it: the same person, session and browser. Refuses `ticket_invalid`. */
export async function takeLink(
  ctx: Context,
  input: Linking & { ticket: string; flow: string | undefined },
): Promise<{ issuer: IssuerRow; subject: string }> {
  const { personId, sessionId, ticket: secret, flow } = input;
  const ticket = await takeTicket(ctx, ctx.db, { secret, purpose });
  const named = checkNamed(ticket.data as Named, { kind: "link", flow });
  if (ticket.personId !== personId || named.sessionId !== sessionId) throw new Refusal("ticket_invalid");
  return { issuer: await issuerOf(ctx, named), subject: named.subject };
}

/** Makes the account of somebody new, where their provider suggests a handle that they can have; null where they are asked for one. */
async function comeIn(ctx: Context, said: Said, { address }: Device): Promise<PersonId | null> {
  if (!said.issuer.makesAccounts) throw new Refusal("no_account");
  if (!said.isExact) return null;
  try {
    const newcomer = { said, handle: said.handle, by: "provider", address } as const;
    return await makeAccount(ctx, newcomer);
  } catch (error) {
    if (error instanceof Refusal && error.field === "handle") return null;
    throw error;
  }
}

async function openNamed(
  ctx: Context,
  { said, flow, link }: { said: Said; flow: string; link: Linking | null },
): Promise<string> {
  const { issuer, subject, name, handle } = said;
  const data: Named = {
    kind: link === null ? "newcomer" : "link",
    slug: issuer.slug,
    issuerId: issuer.id,
    subject,
    name,
    handle,
    flow,
    sessionId: link?.sessionId ?? null,
  };
  const whose = link === null ? {} : { personId: link.personId };
  return await openTicket(ctx, ctx.db, { purpose, seconds: FLOW_SECONDS, data, ...whose });
}

function checkNamed(data: Named, { kind, flow }: { kind: Named["kind"]; flow: string | undefined }): Named {
  if (data.kind !== kind || !isFlow(flow, data.flow))
    throw new Refusal("ticket_invalid", { field: "ticket" });
  return data;
}

async function issuerOf(ctx: Context, { slug, issuerId }: Named): Promise<IssuerRow> {
  const issuer = await findProvider(ctx, slug);
  if (issuer?.id !== issuerId) throw new Refusal("ticket_invalid", { field: "ticket" });
  return issuer;
}

function isFlow(flow: string | undefined, digest: string): boolean {
  return flow !== undefined && timingSafeEqual(Buffer.from(digestOf(flow)), Buffer.from(digest));
}

function digestOf(flow: string): string {
  return hash("sha256", flow, "base64url");
}
