import { countDecided } from "#db/overview.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Registration } from "#lib/registration.ts";
import { serverPermissions } from "#lib/server-role.ts";
import type { Context } from "./context.ts";
import { permissionsOf, requireOffice, roleOf } from "./roles.ts";
import { readServerSettings } from "./server-settings.ts";

/** How much there is of what those decide about who run a server; null for what the viewer may not look at. */
interface Overview {
  registration: Registration;
  people: { active: number; suspended: number } | null;
  requests: number | null;
  codes: number | null;
  ipRules: number | null;
  servers: number | null;
}

/** What waits, and how much there is of each; `by` is null for the command line. Refuses `not_permitted`. */
export async function readOverview(ctx: Context, { by }: { by: PersonId | null }): Promise<Overview> {
  if (by !== null) await requireOffice(ctx, by);
  const may = by === null ? new Set(serverPermissions) : await permissionsOf(ctx, await roleOf(ctx, by));
  const [{ registration }, found] = await Promise.all([
    readServerSettings(ctx),
    countDecided(ctx.db, ctx.now()),
  ]);
  const { active, suspended, requests, codes, ipRules, servers } = found;
  return {
    registration,
    people: may.has("people") ? { active, suspended } : null,
    requests: may.has("people") ? requests : null,
    codes: may.has("invite") ? codes : null,
    ipRules: may.has("ip-rules") ? ipRules : null,
    servers: may.has("servers") ? servers : null,
  };
}
