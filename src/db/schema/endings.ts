import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { ofPerson, person } from "./people.ts";
import { at, bytes, counter, id } from "./types.ts";

/** Somebody who is gone, of this server or of another, while something of theirs is left to be taken away. */
export const departure = pgTable("departure", {
  personId: id<"person">("person_id")
    .primaryKey()
    .references(() => person.id),
  goneAt: at("gone_at").notNull(),
  /** Set while it is in doubt that they are gone: then their server is asked again, and nothing is taken away before. */
  askAt: at("ask_at"),
  /** Until then a worker is at it. */
  leaseUntil: at("lease_until"),
});

/** All that is somebody's, as one file to take along. */
export const dataExport = pgTable(
  "data_export",
  {
    id: id<"data-export">("id").primaryKey(),
    personId: ofPerson(),
    state: text("state").$type<"waiting" | "ready" | "failed">().notNull(),
    /** How often it was begun. */
    attempts: integer("attempts").notNull().default(0),
    /** Made anew by each attempt, so that a worker which lost its lease writes nothing more. */
    run: text("run"),
    leaseUntil: at("lease_until"),
    /** Of the whole file, once it is ready. */
    size: counter("size"),
    createdAt: at("created_at").notNull(),
    /** Then the file is gone. */
    expiresAt: at("expires_at"),
  },
  (table) => [index("data_export_person").on(table.personId, table.createdAt)],
);

/** The bytes of such a file, in order: every process of this server reads them here. */
export const exportChunk = pgTable(
  "export_chunk",
  {
    exportId: id<"data-export">("export_id")
      .notNull()
      .references(() => dataExport.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    bytes: bytes("bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.exportId, table.number] })],
);
