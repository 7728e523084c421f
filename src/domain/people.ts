import {
  findActiveLocalByHandle,
  findActiveLocalById,
  findInstanceActor,
  findPeopleByIds,
  findRemotePersonByUri,
  insertLocalPerson,
  insertRemotePerson,
  upsertRemotePerson,
  type PersonRow,
} from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { makeKeyPairs, saveKeyPairs } from "./keys.ts";
import { transact } from "./transact.ts";

export type { PersonRow };

export interface SaveRemotePerson {
  uri: string;
  kind: PersonRow["kind"];
  handle: string;
  host: string;
  name: string;
  profileUrl: string | null;
  inbox: string | null;
}

/** Notes what another server says of one of its actors; a known actor keeps its id. */
export async function saveRemotePerson(ctx: Context, input: SaveRemotePerson): Promise<PersonRow> {
  const now = ctx.now();
  const row = { id: newId<"person">(), createdAt: now, fetchedAt: now, ...input };
  return await upsertRemotePerson(ctx.db, row);
}

/**
 * Notes an actor of whom nothing is known but the address, because their server is silent; whoever is known stays as they
 * are. `fetchedAt` is null until the actor is found.
 */
export async function savePlaceholder(
  ctx: Context,
  input: Pick<SaveRemotePerson, "uri" | "handle" | "host">,
): Promise<PersonRow> {
  const row = { id: newId<"person">(), createdAt: ctx.now(), ...input };
  return await insertRemotePerson(ctx.db, row);
}

/** An actor of another server that we have met. */
export async function findPersonByUri(ctx: Context, uri: string): Promise<PersonRow | null> {
  return await findRemotePersonByUri(ctx.db, uri);
}

/** An active person of this server, by id or by handle (letters' case aside). */
export async function findLocalPerson(
  ctx: Context,
  by: { id: PersonId } | { handle: string },
): Promise<PersonRow | null> {
  return "id" in by
    ? await findActiveLocalById(ctx.db, by.id)
    : await findActiveLocalByHandle(ctx.db, by.handle);
}

/** Loads somebody by id; refuses an unknown one. */
export async function readPerson(ctx: Context, id: PersonId): Promise<PersonRow> {
  const [person] = await findPeopleByIds(ctx.db, [id]);
  if (person === undefined) throw new Refusal("not_found");
  return person;
}

/** The actor in whose name the server itself asks others; made when the server starts for the first time. */
export async function instanceActor(ctx: Context): Promise<PersonRow> {
  const known = await findInstanceActor(ctx.db);
  if (known !== null) return known;
  const pairs = await makeKeyPairs();
  const { host } = ctx.settings;
  const row = {
    id: newId<"person">(),
    kind: "application" as const,
    handle: host,
    name: host,
    createdAt: ctx.now(),
  };
  return await transact(ctx, async (tx) => {
    const inserted = await insertLocalPerson(tx, row);
    // Another process of this server was first: its actor counts.
    if (inserted === null) return (await findInstanceActor(tx))!;
    await saveKeyPairs(ctx, tx, { personId: row.id, pairs });
    return inserted;
  });
}
