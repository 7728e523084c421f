import fc from "fast-check";
import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import type { MessageId } from "#lib/ids.ts";
import { steps, take } from "../../test/helpers/law-deeds.ts";
import { fetchState, openSession, shown } from "../../test/helpers/law-session.ts";
import { createWorld } from "../../test/helpers/world.ts";

// The law: whatever happens, what a client makes of the frames it was sent equals what it would fetch afterwards.

const scripts = fc.array(steps, { minLength: 1, maxLength: 25 });

test("what a client makes of the frames equals what it fetches, whatever happens in whatever order", async () => {
  const world = await createWorld();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(scripts, fc.boolean(), fc.boolean(), async (script, abroad, hurried) => {
      round += 1;
      const ann = await world.local(`ann${round}`);
      const bo = abroad ? await world.remote(`bo${round}`) : await world.local(`bo${round}`);
      // A server of our own kind, which hears of read marks too.
      await world.connection.sql`update person set signals = ${bo.uri} where id = ${bo.id}`;
      const viewers = [ann, bo].filter(({ host }) => host === null);
      for (const { id: personId } of viewers)
        await insertAccount(world.ctx.db, { personId, role: "member", createdAt: world.ctx.now() });
      const sessions = await Promise.all(viewers.map((person) => openSession(world, person)));
      const conversationId = await world.between(ann, bo);
      const scene = { world, people: [ann, bo] as const, conversationId, posted: [] as MessageId[] };
      for (const step of script) {
        await take(scene, step);
        if (!hurried) await Promise.all(sessions.map((session) => session.settled()));
      }
      for (const session of sessions) {
        await session.settled();
        // Frames alone are enough, once somebody has met the conversation, unless many things happen before one is made.
        const needed = session.person === ann ? 0 : 1;
        expect(hurried ? needed : session.fetches()).toBeLessThanOrEqual(needed);
        expect(shown(session.state())).toEqual(await fetchState(world, session.person.id));
      }
    }),
    { numRuns: 40 },
  );
}, 240_000);
