import { expect, test } from "vitest";
import { findPersonByUri } from "#domain/people.ts";
import { createLink } from "#domain/groups/links.ts";
import type { PersonId } from "#lib/ids.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import type { Activity } from "../helpers/hostile-app.ts";
import { deed, keepGroup } from "../helpers/kept-group.ts";

/** A group of ours with a link into it, and somebody elsewhere who has that. */
async function scene() {
  const { app, room, id: conversationId } = await keepGroup();
  const { ctx, ann, eve, peer } = app;
  const cy = serveActor(peer, "cy", eve.keys);
  peer.answer(`${cy.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  const { code } = await createLink(ctx, {
    ...{ personId: ann.id as PersonId, conversationId },
    ...{ uses: null, expiresAt: null, approval: false },
  });
  const join = (n: number) => ({
    ...deed(cy, "Join", { object: room, chatLink: code }),
    id: `${cy.id}/join/${n}`,
  });
  const undo = (joined: Activity) => deed(cy, "Undo", { object: joined });
  const send = async (activity: Activity) => (await app.send(app.signed(activity, {}, cy))).status;
  const isIn = async () => {
    const person = await findPersonByUri(ctx, cy.id);
    const rows = await app.connection.sql`
      select 1 from member where conversation_id = ${conversationId} and person_id = ${person?.id ?? null}`;
    return rows.length === 1;
  };
  return { join, undo, send, isIn };
}

test("IF-30: who takes back an older wish to come in stays in by the newer one, however often it comes", async () => {
  const { join, undo, send, isIn } = await scene();
  const [first, second] = [join(1), join(2)];
  expect([await send(first), await isIn()]).toEqual([202, true]);
  expect([await send(undo(first)), await isIn()]).toEqual([202, false]);
  expect([await send(second), await isIn()]).toEqual([202, true]);
  expect([await send({ ...undo(first), id: `${first.id}/undone/again` }), await isIn()]).toEqual([202, true]);
  expect([await send(undo(second)), await isIn()]).toEqual([202, false]);
});

test("IF-30: a wish that was taken back before it came lets nobody in", async () => {
  const { join, undo, send, isIn } = await scene();
  const [first, second] = [join(1), join(2)];
  expect([await send(undo(first)), await isIn()]).toEqual([202, false]);
  expect((await send(first)) < 500).toBe(true);
  expect(await isIn()).toBe(false);
  expect([await send(second), await isIn()]).toEqual([202, true]);
});
