import { describeRoute, resolver, validator } from "hono-openapi";
import type { ValidationTargets } from "hono";
import { z } from "zod";
import { hasControlCharacters } from "#lib/control-characters.ts";
import { isWithinReach } from "#lib/moment.ts";
import { isId, type Id } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { apiErrorSchema } from "#protocol/schemas.ts";
import { InvalidInput } from "./errors.ts";

/** Checks one part of a request against a schema; a fault is answered 422 and names the field. */
export function parse<Schema extends z.ZodType, Target extends "json" | "query">(
  target: Target,
  schema: Schema,
) {
  return validator(target as keyof ValidationTargets & Target, schema, (result) => {
    if (result.success) return;
    const issue = result.error[0];
    const path = (issue?.path ?? [])
      .map((step) => String(typeof step === "object" ? step.key : step))
      .join(".");
    const keys =
      issue !== undefined && "keys" in issue && Array.isArray(issue.keys) ? issue.keys.join(", ") : "";
    throw new InvalidInput(path || keys || target, issue?.message ?? "This is not what was expected.");
  });
}

/** Reads an id of the path; one that cannot exist is as unknown as any other. */
export function idOf<Kind extends string>(text: string): Id<Kind> {
  if (!isId<Kind>(text)) throw new Refusal("not_found");
  return text;
}

const PAGE = 50;
const PAGE_MAX = 100;

/** A page's size: a whole number, cut to 100. */
export const limitSchema = z
  .string()
  .regex(/^\d{1,18}$/, "A whole number is expected.")
  .default(String(PAGE))
  .transform((text) => Math.min(Math.max(Number(text), 1), PAGE_MAX));

/** Where the next page of a list begins that is ordered by time and id. */
interface Cursor {
  at: Date;
  id: string;
}

/** A cursor that `writeCursor` wrote. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,14}\.[0-9a-f-]{36}$/, "This cursor was not made by this server.")
  .transform((text): Cursor => {
    const [time = "", id = ""] = text.split(".");
    return { at: new Date(Number(time)), id };
  })
  .refine(({ id }) => isId(id), "This cursor was not made by this server.");

/** Says where a page begins, for clients to pass back. */
export function writeCursor({ at, id }: Cursor): string {
  return `${at.getTime()}.${id}`;
}

/** A position or number in a query. */
export const counterSchema = z
  .string()
  .regex(/^\d{1,15}$/, "A whole number is expected.")
  .transform(Number);

/** A moment: a date, which means its beginning in UTC, or a date with a time and its zone (ISO 8601). */
export const momentSchema = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], "A date is expected (ISO 8601).")
  .transform((text) => new Date(text))
  .refine(isWithinReach, "A date from 1970 to 9999 is expected.");

/** For `refine`: names and keys are stored and compared, and hold no control characters. */
export const printable = [
  (text: string): boolean => !hasControlCharacters(text),
  "No control characters are expected.",
] as const;

/** What somebody types to reach another. */
export const addressSchema = z
  .string()
  .trim()
  .min(1)
  .max(400)
  .refine(...printable);

interface Description {
  /** What it does, in a few words. */
  summary: string;
  /** Status and shape of each good answer. */
  answers: Record<number, z.ZodType | null>;
  tag: string;
  /** Anybody may call it. */
  open?: boolean;
  /** The body is bytes of these media types. */
  bytes?: readonly string[];
  /** The body is JSON or a form. */
  form?: z.ZodType;
}

/** Describes a route in the API's OpenAPI document. */
export function describe(description: Description) {
  const { summary, answers, tag, open = false } = description;
  const content = bodyOf(description);
  const json = (schema: z.ZodType) => ({ "application/json": { schema: resolver(schema) } });
  const good = Object.entries(answers).map(([status, schema]) => {
    return [
      status,
      schema === null ? { description: "Done" } : { description: "Done", content: json(schema) },
    ] as const;
  });
  const bad = { description: "Another error", content: json(apiErrorSchema) };
  return describeRoute({
    summary,
    tags: [tag],
    ...(open && { security: [] }),
    ...(content !== null && { requestBody: { required: true, content } }),
    responses: {
      ...Object.fromEntries(good),
      ...(!open && { 401: { ...bad, description: "The token is missing, expired or revoked" } }),
      ...(!open && { 404: { ...bad, description: "It does not exist, or it is not yours" } }),
      422: { ...bad, description: "An input is wrong; `field` names it" },
      429: { ...bad, description: "Too much; `Retry-After` tells how many seconds to wait" },
      503: {
        ...bad,
        description: "The server is overloaded; `Retry-After` tells how many seconds to wait",
      },
      default: bad,
    },
  });
}

const binary = { schema: { type: "string", format: "binary" } } as const;
const forms = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/** The body that a route takes, where no validator of its own says it; null for none. */
function bodyOf({ bytes = [], form }: Description) {
  if (form !== undefined) {
    const schema = z.toJSONSchema(form, { io: "input", unrepresentable: "any" }) as object;
    return Object.fromEntries(forms.map((mediaType) => [mediaType, { schema }]));
  }
  return bytes.length === 0 ? null : Object.fromEntries(bytes.map((mediaType) => [mediaType, binary]));
}
