import postgres from "postgres";
import type { ConversationView, Own } from "#protocol/api.ts";
import type { Client } from "./client.ts";
import { visitDatabase, type Member } from "./pair.ts";
import { poll } from "./poll.ts";

/** Somebody who is in a group of several servers, by its id at their own. */
export interface Insider {
  client: Client;
  conversationId: string;
}

export const base = "/api/chat/v1";
/** Milliseconds, for a machine that is busy with other things. */
const patience = 60_000;

/** Lets somebody make a group, ask others of other servers into it, and these agree; in this order. */
export async function beginAbroad(title: string, [owner, ...others]: readonly Client[]): Promise<Insider[]> {
  const { conversation } = await owner!.call<ConversationView>("POST", `${base}/conversations`, { title });
  for (const { person } of others)
    await owner!.call("POST", `${base}/conversations/${conversation.id}/invitations`, {
      address: person.address,
    });
  const joined = await Promise.all(others.map((client) => accept(client, title)));
  return [{ client: owner!, conversationId: conversation.id }, ...joined];
}

async function accept(client: Client, title: string): Promise<Insider> {
  const look = async () => {
    const { invitations } = await client.call<Own>("GET", `${base}/me/own`);
    return invitations.find((each) => each.title === title);
  };
  const invitation = await poll("an invitation", look, patience);
  await client.call("POST", `${base}/invitations/${invitation.id}/accept`);
  const enter = async () => {
    const path = `${base}/conversations?state=accepted`;
    const { conversations } = await client.call<{ conversations: ConversationView[] }>("GET", path);
    return conversations.find(({ conversation }) => conversation.title === title)?.conversation.id;
  };
  return { client, conversationId: await poll("the group", enter, patience) };
}

/** A message or a line of a group as a server has it. */
export interface Held {
  seq: number | null;
  author: string;
  text: string | null;
  notice: string | null;
}

/** A group as a server has it. */
export interface HeldGroup {
  messages: Held[];
  /** With their roles. */
  members: string[];
  facts: { title: string; description: string; epoch: number; state: string };
}

/** What the database of a server has of a group, by the group's numbers. */
export async function readGroup(
  { server }: Member,
  { conversationId }: Pick<Insider, "conversationId">,
): Promise<HeldGroup> {
  return await visitDatabase(server, async (url) => {
    const sql = postgres(url, { max: 1 });
    try {
      const [messages, members, [facts]] = await Promise.all([
        sql<Held[]>`
          select m.seq::int, p.handle as author, m.text, m.notice->>'type' as notice
          from message m join person p on p.id = m.author_id
          where m.conversation_id = ${conversationId} order by m.seq, m.text`,
        sql<{ member: string }[]>`
          select p.handle || ' ' || m.role as member from member m join person p on p.id = m.person_id
          where m.conversation_id = ${conversationId} order by 1`,
        sql<HeldGroup["facts"][]>`
          select title, description, chat_epoch::int as epoch, state from conversation where id = ${conversationId}`,
      ]);
      return { messages: [...messages], members: members.map(({ member }) => member), facts: facts! };
    } finally {
      await sql.end();
    }
  });
}
