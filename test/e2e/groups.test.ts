import { afterAll, beforeAll, expect, test } from "vitest";
import { signUp } from "../helpers/client.ts";
import { beginAbroad, readGroup, type Held, type Insider } from "../helpers/group-abroad.ts";
import { openServers, type Member } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Groups of three real servers, of which the first keeps them all.

const patience = 60_000;

let members: Member[];
let close: () => Promise<void>;

beforeAll(async () => void ({ members, close } = await openServers(3)), 120_000);
afterAll(async () => await close());

/** Waits until all servers have the same messages under the same numbers. */
async function agree(insiders: readonly Insider[], count: number): Promise<Held[]> {
  return await poll(
    "the same history everywhere",
    async () => {
      const all = await Promise.all(
        insiders.map(async (insider, index) => {
          const { messages } = await readGroup(members[index]!, insider);
          return messages.filter(({ notice }) => notice === null);
        }),
      );
      const isSame = all.every((said) => JSON.stringify(said) === JSON.stringify(all[0]));
      const isWhole = all[0]!.length === count && all[0]!.every(({ seq }) => seq !== null);
      return isSame && isWhole ? all[0]! : undefined;
    },
    patience,
  );
}

test("what is said in a group has the same number at every server, and each author's order", async () => {
  const clients = await Promise.all(members.map(({ place }, index) => signUp(place, `trip${index}`)));
  const insiders = await beginAbroad("trip", clients);
  for (let round = 1; round <= 5; round += 1)
    await Promise.all(
      insiders.map(({ client, conversationId }) => client.send(conversationId, { text: `text ${round}` })),
    );
  const said = await agree(insiders, 15);
  for (const { client } of insiders) {
    const own = said.filter(({ author }) => author === client.person.handle);
    expect(own.map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((round) => `text ${round}`));
  }
}, 180_000);
