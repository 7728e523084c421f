import { afterAll, beforeAll, expect, test } from "vitest";
import postgres from "postgres";
import type { ConversationView, Own } from "#protocol/api.ts";
import { signUp, type Client } from "../helpers/client.ts";
import { openServers, visitDatabase, type Member } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Groups of three real servers, of which the first keeps them all.

const patience = 60_000;

let members: Member[];
let close: () => Promise<void>;

beforeAll(async () => void ({ members, close } = await openServers(3)), 120_000);
afterAll(async () => await close());

/** Somebody who is in a group, by its id at their own server. */
interface Insider {
  client: Client;
  conversationId: string;
}

async function begin(name: string): Promise<Insider[]> {
  const clients = await Promise.all(members.map(({ place }, index) => signUp(place, `${name}${index}`)));
  const [ann, ...others] = clients as [Client, ...Client[]];
  const { conversation } = await ann.call<ConversationView>("POST", "/api/chat/v1/conversations", {
    title: name,
  });
  for (const { person } of others)
    await ann.call("POST", `/api/chat/v1/conversations/${conversation.id}/invitations`, {
      address: person.address,
    });
  const joined = await Promise.all(others.map((client) => accept(client, name)));
  return [{ client: ann, conversationId: conversation.id }, ...joined];
}

async function accept(client: Client, title: string): Promise<Insider> {
  const invitation = await poll(
    "an invitation",
    async () => {
      const { invitations } = await client.call<Own>("GET", "/api/chat/v1/me/own");
      return invitations.find((each) => each.title === title);
    },
    patience,
  );
  await client.call("POST", `/api/chat/v1/invitations/${invitation.id}/accept`);
  const conversationId = await poll(
    "the group",
    async () => {
      const { conversations } = await client.call<{ conversations: ConversationView[] }>(
        "GET",
        "/api/chat/v1/conversations?state=accepted",
      );
      return conversations.find(({ conversation }) => conversation.title === title)?.conversation.id;
    },
    patience,
  );
  return { client, conversationId };
}

interface Said {
  seq: number | null;
  author: string;
  text: string | null;
}

/** What the database of a server has of a group, by the group's numbers. */
async function read(member: Member, { conversationId }: Insider): Promise<Said[]> {
  return await visitDatabase(member.server, async (url) => {
    const sql = postgres(url, { max: 1 });
    try {
      return await sql<Said[]>`
        select m.seq::int, p.handle as author, m.text from message m join person p on p.id = m.author_id
        where m.conversation_id = ${conversationId} and m.notice is null order by m.seq, m.text`;
    } finally {
      await sql.end();
    }
  });
}

/** Waits until all servers have the same messages under the same numbers. */
async function agree(insiders: readonly Insider[], count: number): Promise<Said[]> {
  return await poll(
    "the same history everywhere",
    async () => {
      const all = await Promise.all(insiders.map((insider, index) => read(members[index]!, insider)));
      const isSame = all.every((said) => JSON.stringify(said) === JSON.stringify(all[0]));
      const isWhole = all[0]!.length === count && all[0]!.every(({ seq }) => seq !== null);
      return isSame && isWhole ? all[0]! : undefined;
    },
    patience,
  );
}

test("what is said in a group has the same number at every server, and each author's order", async () => {
  const insiders = await begin("trip");
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
