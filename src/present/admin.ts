import type { AuditEntryRow } from "#domain/audit.ts";
import type { IpRule as IpRuleRow } from "#domain/ip-rules.ts";
import type { Administered } from "#domain/people-rules.ts";
import type { ServerRule as ServerRuleRow } from "#domain/server-rules.ts";
import type { AdminPerson, AuditEntry, IpRule, ServerRule } from "#protocol/admin.ts";

/** Somebody as those who run the server see them. */
export function presentAdministered({ createdAt, endsAt, ...row }: Administered): AdminPerson {
  const name = row.name || row.handle;
  return { ...row, name, endsAt: endsAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}

/** What is decided about a network. */
export function presentIpRule({ createdAt, expiresAt, ...row }: IpRuleRow): IpRule {
  return { ...row, expiresAt: expiresAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}

/** What was done that matters later. */
export function presentAuditEntry({ at, details, ...row }: AuditEntryRow): AuditEntry {
  return { ...row, details: { ...details }, at: at.toISOString() };
}

/** What is decided about another server. */
export function presentServerRule({ createdAt, ...row }: ServerRuleRow): ServerRule {
  return { ...row, createdAt: createdAt.toISOString() };
}
