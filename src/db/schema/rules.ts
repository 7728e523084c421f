import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { AuditAction } from "#lib/audit-action.ts";
import type { Door } from "#lib/door.ts";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";
import { person } from "./people.ts";
import { at, id } from "./types.ts";

/** What a role may do on this server; an owner may do everything, without a row. */
export const rolePermission = pgTable(
  "role_permission",
  {
    role: text("role").$type<ServerRole>().notNull(),
    permission: text("permission").$type<ServerPermission>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.role, table.permission] })],
);

/** What requests from a network may do. */
export const ipRule = pgTable("ip_rule", {
  id: id<"ip-rule">("id").primaryKey(),
  /** CIDR in its one spelling. */
  network: text("network").notNull(),
  verdict: text("verdict").$type<"allow" | "deny">().notNull(),
  doors: text("doors").array().$type<Door[]>().notNull(),
  note: text("note").notNull().default(""),
  expiresAt: at("expires_at"),
  createdBy: id<"person">("created_by").references(() => person.id),
  createdAt: at("created_at").notNull(),
});

/** What was done that matters later; rows are only ever added, and carry no words of anybody. What else somebody was called goes with their account. */
export const auditEntry = pgTable(
  "audit_entry",
  {
    id: id<"audit-entry">("id").primaryKey(),
    at: at("at").notNull(),
    action: text("action").$type<AuditAction>().notNull(),
    /** Null for the command line and for what nobody did. */
    actorId: id<"person">("actor_id"),
    /** About whom. */
    personId: id<"person">("person_id"),
    details: jsonb("details").$type<Readonly<Record<string, unknown>>>().notNull(),
    /** The client's address; cut to its network after a week. */
    address: text("address"),
  },
  (table) => [
    index("audit_entry_person").on(table.personId, table.id),
    index("audit_entry_actor").on(table.actorId, table.id),
  ],
);

/** How often something was done lately (`rate-limiter-flexible`); lost without harm. */
export const rateLimit = pgTable(
  "rate_limit",
  {
    key: text("key").primaryKey(),
    points: integer("points").notNull(),
    /** Milliseconds since the epoch. */
    expire: bigint("expire", { mode: "number" }),
  },
  (table) => [index("rate_limit_expire").on(table.expire)],
);
