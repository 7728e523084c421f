import { bigint, customType, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Id } from "#lib/ids.ts";

/** A UUID column that keeps its brand. */
export function id<Kind extends string>(name: string) {
  return uuid(name).$type<Id<Kind>>();
}

/** A point in time, in milliseconds as JavaScript has them. */
export function at(name: string) {
  return timestamp(name, { withTimezone: true, precision: 3, mode: "date" });
}

/** A 64-bit counter; JavaScript numbers are exact up to 2^53. */
export function counter(name: string) {
  return bigint(name, { mode: "number" });
}

/** Raw bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value),
  fromDriver: (value) => new Uint8Array(value),
});

/** A transaction id that never wraps (PostgreSQL `xid8`), as a decimal text. */
export const xid = customType<{ data: string }>({ dataType: () => "xid8" });

/** Words to be found by (PostgreSQL `tsvector`), in its textual form. */
export const words = customType<{ data: string }>({ dataType: () => "tsvector" });
