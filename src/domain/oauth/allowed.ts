import { type AllowedAppRow, type AppId, endAppSessions, listAllowedApps } from "#db/apps.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { forgetBearers } from "../known-bearers.ts";
import { record, transact } from "../transact.ts";

/** The apps that somebody has let in and that still are, the newest first. */
export async function readAllowedApps(ctx: Context, personId: PersonId): Promise<AllowedAppRow[]> {
  return await listAllowedApps(ctx.db, personId);
}

/** Takes everything from an app that somebody gave it; its sockets close. Refuses `not_found` when it has nothing. */
export async function removeApp(
  ctx: Context,
  { personId, appId, address }: { personId: PersonId; appId: AppId; address: string },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const ended = await endAppSessions(tx, { personId, appId, at: ctx.now() });
    if (ended.length === 0) throw new Refusal("not_found");
    for (const sessionId of ended) record(tx, "session.revoked", { sessionId, personId });
    await audit(ctx, tx, { action: "app.removed", actorId: personId, personId, details: { appId }, address });
  });
  forgetBearers(ctx);
}
