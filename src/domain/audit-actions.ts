import type { AuditAction } from "#lib/audit-action.ts";
import type { Door } from "#lib/door.ts";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";

/** By what somebody showed who they are. */
export type SignInWay = "password" | "passkey" | "provider" | "issuer" | "command";

/** Everything that is noted for later, each with what is said of it: ids, names of settings and numbers, never words of anybody. */
export interface AuditDetails extends Record<AuditAction, object> {
  "account.created": { by: "sign-up" | "approval" | "provider" | "issuer" | "command" };
  "session.began": { sessionId: string; by: SignInWay };
  "app.allowed": { appId: string; sessionId: string; scopes: readonly string[] };
  "app.removed": { appId: string };
  "session.ended": { sessionId: string };
  /** All of them but the one that asked. */
  "sessions.ended": Record<never, never>;
  "factor.added": { factor: "totp" | "passkey" };
  "factor.removed": { factor: "totp" | "passkey" };
  "recovery-codes.made": Record<never, never>;
  "recovery-code.used": Record<never, never>;
  "password.changed": { by: "owner" | "reset" | "command" };
  "email.changed": Record<never, never>;
  "handle.changed": { before: string; handle: string };
  "reset-link.made": Record<never, never>;
  "role.given": { role: ServerRole; before: ServerRole };
  "person.suspended": Record<never, never>;
  "person.restored": Record<never, never>;
  /** `endsAt`: as RFC 3339. */
  "account.ending": { endsAt: string };
  "account.kept": Record<never, never>;
  "account.ended": Record<never, never>;
  "export.began": { exportId: string };
  "code.made": { codeId: string; uses: number | null };
  "code.revoked": { codeId: string };
  "account.moved": { toId: string };
  "account.returned": Record<never, never>;
  "sign-up.rejected": { requestId: string };
  "setting.changed": { name: string; before: string; value: string };
  "role.changed": { role: ServerRole; permissions: readonly ServerPermission[] };
  "ip-rule.made": { network: string; verdict: "allow" | "deny"; doors: readonly Door[] };
  "ip-rule.removed": { network: string; verdict: "allow" | "deny"; doors: readonly Door[] };
  "issuer.made": { slug: string };
  "issuer.changed": { slug: string; disabled: boolean };
  "issuer.removed": { slug: string };
  "identity.linked": { slug: string };
  "identity.unlinked": { slug: string };
  "server.decided": { host: string; level: "allow" | "silence" | "reject-media" | "suspend" };
  "server.forgotten": { host: string };
}
