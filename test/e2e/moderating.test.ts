import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Asked, ChangePage, ConversationView, MessagePage } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { signUp } from "../helpers/client.ts";
import { base, beginAbroad, type Insider } from "../helpers/group-abroad.ts";
import { openServers, visitDatabase, type Member } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// A group of three real servers: the first keeps it, somebody of the second says something, somebody of the third may delete it.

const patience = 60_000;

let members: Member[];
let close: () => Promise<void>;

beforeAll(async () => void ({ members, close } = await openServers(3)), 120_000);
afterAll(async () => await close());

async function view({ client, conversationId }: Insider): Promise<ConversationView["conversation"]> {
  const path = `${base}/conversations/${conversationId}`;
  return (await client.call<ConversationView>("GET", path)).conversation;
}

/** What somebody is shown of a message of a group, once `fits`. */
async function shown(insider: Insider, fits: (message: Message) => boolean): Promise<Message> {
  const { client, conversationId } = insider;
  const look = async () => {
    const path = `${base}/conversations/${conversationId}/messages`;
    return (await client.call<MessagePage>("GET", path)).messages.find(
      (message) => message.notice === null && fits(message),
    );
  };
  return await poll("the message", look, patience);
}

async function deleteFrom(insider: Insider): Promise<unknown> {
  const { id } = await shown(insider, ({ body }) => body !== null);
  return await insider.client.call<Asked>("DELETE", `${base}/messages/${id}?for=everyone`);
}

async function handleOf(insider: Insider, id: string | null): Promise<string | undefined> {
  return (await view(insider)).members.find(({ person }) => person.id === id)?.person.handle;
}

/** Has somebody's own server believe what they are in a group. */
async function setRoleAt(
  { server }: Member,
  { client, conversationId }: Insider,
  role: string,
): Promise<void> {
  await visitDatabase(server, async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql`
      update member set role = ${role} where conversation_id = ${conversationId}
        and person_id = ${client.person.id}`;
    await sql.end();
  });
}

test("what somebody said is deleted at every server by whoever may, and who asks in vain is told so", async () => {
  const clients = await Promise.all(members.map(({ place }, index) => signUp(place, `walk${index}`)));
  const [owner, author, third] = await beginAbroad("walk", clients);
  await author!.client.send(author!.conversationId, { text: "nothing nice" });
  for (const insider of [owner!, third!]) await shown(insider, ({ body }) => body !== null);

  await setRoleAt(members[2]!, third!, "admin");
  const { number } = await third!.client.call<{ number: number }>("GET", `${base}/me/own`);
  expect(await deleteFrom(third!)).toEqual({ state: "asked" });
  const refusal = await poll(
    "the refusal",
    async () => {
      const page = await third!.client.call<ChangePage>("GET", `${base}/me/changes?after=${number}`);
      return page.changes.find(({ type }) => type === "wish.refused");
    },
    patience,
  );
  const { host } = await view(third!);
  const { conversationId } = third!;
  expect(refusal).toMatchObject({ wish: { conversationId, asked: "delete", host, reason: "not_permitted" } });
  for (const insider of [owner!, author!, third!]) await shown(insider, ({ body }) => body !== null);
  await setRoleAt(members[2]!, third!, "member");

  const promoted = (await view(owner!)).members.find(
    ({ person }) => person.handle === third!.client.person.handle,
  )!;
  const role = `${base}/conversations/${owner!.conversationId}/members/${promoted.person.id}/role`;
  await owner!.client.call("PUT", role, { role: "admin" });
  await poll(
    "the role",
    async () =>
      (await view(third!)).members.some(
        (one) => one.person.id === third!.client.person.id && one.role === "admin",
      ),
    patience,
  );
  expect(await deleteFrom(third!)).toEqual({ state: "asked" });
  for (const insider of [owner!, author!, third!]) {
    const { body, deletedBy } = await shown(insider, ({ deletedAt }) => deletedAt !== null);
    expect([body, await handleOf(insider, deletedBy)]).toEqual([null, "walk2"]);
  }
}, 180_000);
