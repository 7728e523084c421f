import { z } from "zod";
import type { Software } from "#domain/reach.ts";
import { JsonRefused, parseBoundedJson } from "#lib/bounded-json.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { Egress } from "#lib/egress.ts";

/** Newest first: they differ in nothing that is read here. */
const relations = ["2.1", "2.0"].map((version) => `http://nodeinfo.diaspora.software/ns/schema/${version}`);
/** Somebody waits for the answer. */
const limits = { timeoutMs: 4_000, maxBytes: 64 * 1024 };
const headers = { accept: "application/json" };

const word = z
  .string()
  .max(100)
  .regex(/^[\x20-\x7e]+$/);
const linksSchema = z.looseObject({
  links: z.array(z.looseObject({ rel: z.string(), href: z.string() })).max(100),
});
const documentSchema = z.looseObject({
  software: z.looseObject({ name: word, version: word.nullable().catch(null) }),
});

/** A server that could not be asked; `temporary` when it may answer later. */
export class Untold extends Error {
  readonly temporary: boolean;

  constructor(temporary: boolean, options: { cause?: unknown } = {}) {
    super(temporary ? "the server does not answer" : "the server does not say what it runs", options);
    this.name = "Untold";
    this.temporary = temporary;
  }
}

/** Asks a server what it runs (NodeInfo, FEP-0151); what it names elsewhere is not asked. Throws Untold. */
export async function askSoftware(egress: Egress, origin: string): Promise<Software> {
  const { links } = read(linksSchema, await get(egress, `${origin}/.well-known/nodeinfo`));
  const href = relations.flatMap((relation) => links.find(({ rel }) => rel === relation)?.href ?? [])[0];
  const url = URL.parse(href ?? "");
  if (url === null || url.origin !== origin) throw new Untold(false);
  const { software } = read(documentSchema, await get(egress, url.href));
  return software;
}

async function get(egress: Egress, url: string): Promise<Uint8Array> {
  try {
    const { status, body } = await egress.fetch(url, { headers, ...limits });
    if (status === 200) return body;
    throw new Untold(status === 429 || status >= 500);
  } catch (error) {
    if (error instanceof EgressError) throw new Untold(error.temporary, { cause: error });
    throw error;
  }
}

function read<Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.output<Schema> {
  try {
    const parsed = schema.safeParse(parseBoundedJson(body));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
  }
  throw new Untold(false);
}
