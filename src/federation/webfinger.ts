import { z } from "zod";
import { JsonRefused, parseBoundedJson } from "#lib/bounded-json.ts";
import { hasControlCharacters } from "#lib/control-characters.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { Egress } from "#lib/egress.ts";
import { isActivityStreams } from "./documents.ts";
import { address } from "./translate/values.ts";

/** A name at a host, without the signs between: `bo` at `b.example`. */
export interface Account {
  readonly name: string;
  /** In lower case and ASCII, with the port when it is not 443. */
  readonly host: string;
}

/** What a host says of one of its names (RFC 7033). */
export interface Found {
  /** What the host calls it, which may be another name at another host. */
  readonly subject: Account;
  /** The actor's id. */
  readonly self: string;
}

/** A name that could not be looked up; `temporary` when asking again later may help. */
export class NotFound extends Error {
  readonly temporary: boolean;

  constructor(temporary: boolean, options: { cause?: unknown } = {}) {
    super(temporary ? "the host does not answer" : "the host knows no such name", options);
    this.name = "NotFound";
    this.temporary = temporary;
  }
}

const jrd = z.looseObject({
  subject: z.string(),
  links: z.array(
    z.looseObject({ rel: z.string(), type: z.string().optional(), href: z.string().optional() }),
  ),
});

/** Milliseconds that a host has to answer: people wait for it, or another server does. */
const TIMEOUT_MS = 5_000;

/** Asks a host for one of its names, over https alone. Throws NotFound. */
export async function lookUp(egress: Egress, account: Account): Promise<Found> {
  const resource = encodeURIComponent(`acct:${account.name}@${account.host}`);
  const answer = await ask(egress, `https://${account.host}/.well-known/webfinger?resource=${resource}`);
  const parsed = jrd.safeParse(parseAnswer(answer));
  if (!parsed.success) throw new NotFound(false);
  const subject = parseAccount(parsed.data.subject);
  const self = parsed.data.links.find(
    ({ rel, type = "" }) => rel === "self" && isActivityStreams(type),
  )?.href;
  if (subject === null || !address.safeParse(self).success || self === undefined) throw new NotFound(false);
  return { subject, self };
}

async function ask(egress: Egress, url: string): Promise<Uint8Array> {
  try {
    const headers = { accept: "application/jrd+json, application/json" };
    const { status, body } = await egress.fetch(url, { headers, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 });
    if (status === 200) return body;
    throw new NotFound(status === 429 || status >= 500);
  } catch (error) {
    if (error instanceof EgressError) throw new NotFound(error.temporary, { cause: error });
    throw error;
  }
}

function parseAnswer(body: Uint8Array): unknown {
  try {
    return parseBoundedJson(body);
  } catch (error) {
    if (error instanceof JsonRefused) throw new NotFound(false, { cause: error });
    throw error;
  }
}

/** Reads `@bo@b.example`, `bo@b.example` or `acct:bo@b.example`; null for anything else. */
export function parseAccount(text: string): Account | null {
  const match = /^(?:acct:|@)?([^@\s/?#]{1,100})@([^@\s/?#]{1,300})$/i.exec(text.trim());
  const url = URL.parse(`https://${match?.[2] ?? ""}`);
  if (match?.[1] === undefined || url === null || hasControlCharacters(text.trim())) return null;
  return { name: match[1], host: url.host.replace(/\.(?=$|:)/, "") };
}

/** Tells whether two texts are the same address; names are compared without their case. */
export function isSameAccount(one: Account, other: Account): boolean {
  return one.host === other.host && one.name.toLowerCase() === other.name.toLowerCase();
}
