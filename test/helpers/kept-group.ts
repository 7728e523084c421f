import { expect } from "vitest";
import { createGroup } from "#domain/groups/create.ts";
import { makeKeyPairs, saveKeyPairs } from "#domain/keys.ts";
import { findPersonByUri } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { delivered } from "./followed-group.ts";
import { decided } from "./groups.ts";
import { serveActor, type HostileActor } from "./hostile-actor.ts";
import { startHostileApp, type Activity } from "./hostile-app.ts";

/** A group of ann's, in which are eve, no admin, and bo of eve's server, an admin; vic was in it and went. */
export async function keepGroup() {
  const app = await startHostileApp();
  const { ctx, ann, eve, vic, victim, peer } = app;
  const [bo, mallory] = [serveActor(peer, "bo", eve.keys), serveActor(victim, "mallory", vic.keys)];
  const everybody = [eve, bo, vic, mallory];
  for (const by of everybody) {
    const id = `${by.id}/notes/1`;
    const activity = app.create({ id, attributedTo: by.id }, { id: `${id}/create`, actor: by.id });
    expect((await app.send(app.signed(activity, {}, by))).status).toBe(202);
    for (const server of [peer, victim])
      server.answer(`${by.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  }
  // Their servers know groups.
  await app.connection.sql`update person set signals = uri || '/signals' where host is not null`;
  const owner = ann.id as PersonId;
  await saveKeyPairs(ctx, ctx.db, { personId: owner, pairs: await makeKeyPairs() });
  const idOf = async ({ id }: HostileActor): Promise<PersonId> => (await findPersonByUri(ctx, id))!.id;
  const id = await createGroup(ctx, { personId: owner, title: "Trip" });
  const join = { type: "join", by: owner, role: "member" } as const;
  await decided(app, id, [
    { ...join, personId: await idOf(eve) },
    { ...join, personId: await idOf(bo), role: "admin" },
    { ...join, personId: await idOf(vic) },
    { type: "leave", personId: await idOf(vic) },
  ]);
  await delivered(app);
  return { app, bo, mallory, room: `${app.origin}/r/${id}`, id };
}

/** What is known of it. */
export type KeptGroup = Awaited<ReturnType<typeof keepGroup>>;

/** Something that somebody does to it. */
export function deed(by: HostileActor, type: string, rest: Activity): Activity {
  return { id: `${by.id}/${type}/${crypto.randomUUID()}`, type, actor: by.id, ...rest };
}
