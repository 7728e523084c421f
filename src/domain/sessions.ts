import type { Database } from "#db/connect.ts";
import {
  findSessions,
  nameSession,
  noteSightings,
  type ListedSession,
  type Sighting,
} from "#db/session-list.ts";
import { createBatch } from "#lib/batch.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { forgetBearers } from "./known-bearers.ts";
import { endSessions, revokeSession } from "./tokens.ts";
import { transact } from "./transact.ts";

export type { ListedSession };

/** How often it is written down that a session is in use. */
const SEEN_MS = 60_000;
const SESSIONS = 20_000;
/** What a session may be called. */
const NAME_LENGTH = 100;

/** One's sessions that can still be used, the one seen last first. */
export async function listSessions(ctx: Context, personId: PersonId): Promise<ListedSession[]> {
  return await findSessions(ctx.db, { personId, now: ctx.now() });
}

/** Gives one of one's sessions another name. Refuses an unknown one as a foreign one. */
export async function renameSession(
  ctx: Context,
  { personId, id, name }: { personId: PersonId; id: SessionId; name: string },
): Promise<void> {
  if (name.length > NAME_LENGTH) throw new Refusal("too_long", { field: "name" });
  if (!(await nameSession(ctx.db, { personId, id, name }))) throw new Refusal("not_found");
}

/** Ends one of one's sessions, wherever it is. Refuses an unknown one as a foreign one. */
export async function endOneSession(
  ctx: Context,
  session: { personId: PersonId; id: SessionId; address?: string },
): Promise<void> {
  const { personId, id, address } = session;
  const ended = await revokeSession(ctx, { id, personId }, { by: personId, address });
  if (!ended) throw new Refusal("not_found");
}

/** Ends all of one's sessions but the one that asks. */
export async function endOtherSessions(
  ctx: Context,
  { personId, sessionId: except, address }: { personId: PersonId; sessionId: SessionId; address?: string },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await endSessions(ctx, tx, { personId, except });
    await audit(ctx, tx, { action: "sessions.ended", actorId: personId, personId, details: {}, address });
  });
  forgetBearers(ctx);
}

interface Watch {
  /** Those that were noted within the last minute. */
  readonly noted: BoundedMap<SessionId, true>;
  readonly note: (sighting: Sighting) => Promise<unknown>;
}

const watches = new WeakMap<Database, Watch>();

/** Notes that a session is in use: at most once a minute for each process, and nobody waits for it. */
export function noteSeen(ctx: Context, sighting: Sighting): void {
  const watch = watches.get(ctx.db) ?? startWatch(ctx);
  if (watch.noted.get(sighting.id) === true) return;
  watch.noted.set(sighting.id, true);
  watch.note(sighting).catch((error: unknown) => {
    watch.noted.delete(sighting.id);
    log("domain").warn("it could not be noted when a session was used", { sessionId: sighting.id, error });
  });
}

function startWatch(ctx: Context): Watch {
  const now = (): number => ctx.now().getTime();
  const watch: Watch = {
    noted: new BoundedMap({ max: SESSIONS, ttlMs: SEEN_MS, now }),
    note: createBatch(async (sightings: readonly Sighting[]) => {
      await noteSightings(ctx.db, sightings, ctx.now());
      return sightings;
    }),
  };
  watches.set(ctx.db, watch);
  return watch;
}
