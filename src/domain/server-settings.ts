import type { Queryable } from "#db/connect.ts";
import { findSetting, setSetting } from "#db/server.ts";
import type { PersonId } from "#lib/ids.ts";
import { registrationModes, type Registration } from "#lib/registration.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { Known } from "./known.ts";
import { requirePermission } from "./roles.ts";
import { record, transact } from "./transact.ts";

/** What those who run this server decide while it runs. */
export interface ServerSettings {
  registration: Registration;
}

const REGISTRATION = "registration";

/** Null as long as nobody has decided: then what the environment says holds. */
const decided = new Known(async (q: Queryable): Promise<Registration | null> => {
  const value = await findSetting(q, REGISTRATION);
  return registrationModes.find((mode) => mode === value) ?? null;
});

/** What holds now. */
export async function readServerSettings(ctx: Context, q: Queryable = ctx.db): Promise<ServerSettings> {
  return { registration: (await decided.read(ctx, q)) ?? ctx.settings.registration };
}

/** The same for who may decide about them; refuses `not_permitted`. */
export async function readSettingsFor(ctx: Context, { by }: { by: PersonId }): Promise<ServerSettings> {
  await requirePermission(ctx, by, "settings");
  return await readServerSettings(ctx);
}

export interface ChangeServerSettings {
  /** Null for the command line. */
  by: PersonId | null;
  change: Partial<ServerSettings>;
  address?: string | undefined;
}

/** Decides anew; what is left out stays. Refuses `not_permitted`. */
export async function changeServerSettings(
  ctx: Context,
  { by, change, address }: ChangeServerSettings,
): Promise<ServerSettings> {
  if (by !== null) await requirePermission(ctx, by, "settings");
  const before = await readServerSettings(ctx);
  const { registration = before.registration } = change;
  await transact(ctx, async (tx) => {
    if (registration === before.registration) return;
    await setSetting(tx, REGISTRATION, registration);
    const details = { name: REGISTRATION, before: before.registration, value: registration };
    await audit(ctx, tx, { action: "setting.changed", actorId: by, details, address });
    record(tx, "terms.changed", {});
  });
  decided.forget(ctx);
  return { registration };
}
