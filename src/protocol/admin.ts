import type { Door } from "#lib/door.ts";
import type { Registration } from "#lib/registration.ts";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";

/** Somebody who can sign in here, as those who run the server see them. */
export interface AdminPerson {
  id: string;
  handle: string;
  name: string;
  role: ServerRole;
  state: "active" | "suspended" | "deleted";
  /** When the account ends, if that was asked for. */
  endsAt: string | null;
  createdAt: string;
}

/** `GET /admin/people`; `next` goes into `after`. */
export interface AdminPeoplePage {
  people: AdminPerson[];
  next: string | null;
}

/** `GET /admin/roles`: from the most to the least. */
export interface AdminRoles {
  roles: { role: ServerRole; permissions: ServerPermission[] }[];
}

/** What is decided about a network. */
export interface IpRule {
  id: string;
  /** CIDR in its one spelling. */
  network: string;
  verdict: "allow" | "deny";
  doors: Door[];
  note: string;
  expiresAt: string | null;
  /** Null for the command line. */
  createdBy: string | null;
  createdAt: string;
}

/** `GET /admin/ip-rules`: oldest first. */
export interface IpRuleList {
  rules: IpRule[];
}

/** What was done that matters later. */
export interface AuditEntry {
  id: string;
  at: string;
  action: string;
  /** Who did it; null for the command line, and for what nobody did. */
  actorId: string | null;
  /** Their handle now; null also for whoever is gone. */
  actorHandle: string | null;
  /** About whom. */
  personId: string | null;
  handle: string | null;
  details: Record<string, unknown>;
  /** The client's address; cut to its network after a week. */
  address: string | null;
}

/** `GET /admin/audit`: newest first; `next` goes into `after`. */
export interface AuditPage {
  entries: AuditEntry[];
  next: string | null;
}

/** What is decided about another server, and all below its name. */
export interface ServerRule {
  host: string;
  level: "allow" | "silence" | "reject-media" | "suspend";
  note: string;
  createdAt: string;
}

/** `GET /admin/servers`: by name. */
export interface ServerRuleList {
  servers: ServerRule[];
}

/** `GET /admin/overview`: how much of each there is; null for what the viewer may not look at. */
export interface AdminOverview {
  registration: Registration;
  version: string;
  people: { active: number; suspended: number } | null;
  /** Who waits for an account. */
  requests: number | null;
  /** Codes for new accounts that hold. */
  codes: number | null;
  ipRules: number | null;
  servers: number | null;
}

/** `GET /admin/settings` */
export interface AdminSettings {
  registration: Registration;
}
