import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { conversation } from "./conversations.ts";
import { person } from "./people.ts";
import { at, counter, id } from "./types.ts";

/** A person's own order of their conversations. */
export const folder = pgTable(
  "folder",
  {
    id: id<"folder">("id").primaryKey(),
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    name: text("name").notNull(),
    rank: integer("rank").notNull(),
    deletedAt: at("deleted_at"),
    number: counter("number").notNull(),
  },
  (table) => [index("folder_person").on(table.personId, table.number)],
);

/** What somebody has begun to write; a row stays when it is gone, so that their sessions hear of it. */
export const draft = pgTable(
  "draft",
  {
    personId: id<"person">("person_id")
      .notNull()
      .references(() => person.id),
    conversationId: id<"conversation">("conversation_id")
      .notNull()
      .references(() => conversation.id),
    /** Null once it was sent or thrown away. */
    text: text("text"),
    inReplyTo: id<"message">("in_reply_to"),
    changedAt: at("changed_at").notNull(),
    number: counter("number").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.conversationId] }),
    index("draft_number").on(table.personId, table.number),
  ],
);
