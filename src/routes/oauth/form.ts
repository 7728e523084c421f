import type { Context as Call } from "hono";
import type { z } from "zod";
import { Refusal } from "#lib/refusal.ts";
import { InvalidInput } from "../errors.ts";

/** More than any request of an app has. */
const FIELDS = 50;

type Fields = Record<string, string | string[]>;

/**
 * Reads the body of an app's request, which may be JSON or a form of either kind, against a schema. What it does not name
 * is ignored (RFC 6749 section 3.2); what stands twice is refused, but for lists: `name[]`.
 */
export async function readForm<Schema extends z.ZodType>(c: Call, schema: Schema): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(await readFields(c));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InvalidInput(issue?.path.map(String).join(".") || "body", issue?.message ?? "This is not right.");
}

async function readFields(c: Call): Promise<unknown> {
  const type = (c.req.header("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return await c.req.json<unknown>();
  if (type === "application/x-www-form-urlencoded") return gather(new URLSearchParams(await c.req.text()));
  if (type === "multipart/form-data") return gather(await readParts(c));
  return {};
}

async function readParts(c: Call): Promise<[string, string][]> {
  try {
    const parts = [...(await c.req.raw.formData())];
    return parts.map(([name, value]) => [name, typeof value === "string" ? value : ""]);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("invalid_request", { field: "body" });
    throw error;
  }
}

function gather(entries: Iterable<[string, string]>): Fields {
  const fields = new Map<string, string | string[]>();
  for (const [key, value] of entries) {
    const name = key.replace(/\[\]$/, "");
    const before = fields.get(name);
    if (before === undefined) fields.set(name, name === key ? value : [value]);
    else if (Array.isArray(before) && name !== key) before.push(value);
    else throw new Refusal("invalid_request", { field: name });
    if (fields.size > FIELDS) throw new Refusal("invalid_request", { field: "body" });
  }
  return Object.fromEntries(fields);
}
