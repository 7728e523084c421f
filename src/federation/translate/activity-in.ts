import { z } from "zod";
import type { JsonObject } from "#lib/bounded-json.ts";
import { isOurs, isSameOrigin } from "../uris.ts";
import { Dropped } from "./dropped.ts";
import { address, reference, type } from "./values.ts";

/** An activity whose signer is proven, before anything in it is believed. */
export interface Unread {
  /** Our public origin. */
  readonly origin: string;
  /** The actor who signed, who is the activity's actor too. */
  readonly actorUri: string;
  readonly activity: JsonObject;
}

const typed = z.looseObject({ type });
const activityFields = z.looseObject({ id: address, object: z.unknown().optional() });

/** The type of an activity, when it has exactly one. Throws Dropped. */
export function readType(activity: JsonObject): string {
  return parse(typed, activity).type;
}

/** The type of the enclosed object, when it has exactly one; null for an object that is only named. Throws Dropped. */
export function readObjectType({ object }: JsonObject): string | null {
  return typeof object === "string" ? null : parse(typed, object).type;
}

/** Reads what every activity has: an id on its actor's server, and an object, not looked at yet. Throws Dropped. */
export function readActivity(unread: Unread): z.output<typeof activityFields> {
  const activity = parse(activityFields, unread.activity);
  checkId(unread, activity.id);
  return activity;
}

/** Whether somebody tells of themselves. */
export function isAboutItself({ actorUri, activity }: Pick<Unread, "actorUri" | "activity">): boolean {
  return reference.safeParse(activity["object"]).data === actorUri;
}

/** Whether it is said out of what something shall go. */
export function namesOrigin(activity: JsonObject): boolean {
  return activity["origin"] !== undefined && activity["origin"] !== null;
}

/** What somebody says is theirs must be on their own server, and never on ours. Throws Dropped. */
export function checkId({ origin, actorUri }: Pick<Unread, "origin" | "actorUri">, uri: string): void {
  if (isOurs(origin, uri)) throw new Dropped("id_ours");
  if (!isSameOrigin(uri, actorUri)) throw new Dropped("id_elsewhere");
}

/** A value as a schema reads it. Throws Dropped. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Dropped("malformed");
  return parsed.data;
}
