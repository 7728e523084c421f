import { index, integer, pgTable } from "drizzle-orm/pg-core";
import { conversation } from "./conversations.ts";
import { message } from "./messages.ts";
import { at, counter, id, words } from "./types.ts";

/** The words of a message, made some time after it was sent, to be found by; gone as soon as it says something else. */
export const searchEntry = pgTable(
  "search_entry",
  {
    messageId: id<"message">("message_id")
      .primaryKey()
      .references(() => message.id, { onDelete: "cascade" }),
    /** Of which version of the message. */
    version: integer("version").notNull(),
    receivedAt: at("received_at").notNull(),
    /** What it says and, as marks that no text can hold, where, by whom and when, so that one index answers for all. */
    words: words("words").notNull(),
  },
  (table) => [index("search_entry_words").using("gin", table.words).with({ fastupdate: false })],
);

/** Up to which of its numbers a conversation is indexed. */
export const searchProgress = pgTable("search_progress", {
  conversationId: id<"conversation">("conversation_id")
    .primaryKey()
    .references(() => conversation.id),
  revision: counter("revision").notNull(),
});
