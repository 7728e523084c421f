import { pgTable, text } from "drizzle-orm/pg-core";

/** Facts about this installation: `generation`, `origin`, the check value of SECRET_KEY. */
export const serverSetting = pgTable("server_setting", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
});
