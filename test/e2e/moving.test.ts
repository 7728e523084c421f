import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import type { Moving } from "#protocol/moving.ts";
import type { Confirmed } from "#protocol/sign-in.ts";
import { call, type Client, signUp } from "../helpers/client.ts";
import { base, beginAbroad, readGroup } from "../helpers/group-abroad.ts";
import { openServers, type Member } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";

// Three real servers: the first keeps a group, somebody of the second moves to the third.

const patience = 120_000;

let members: Member[];
let close: () => Promise<void>;

beforeAll(async () => void ({ members, close } = await openServers(3)), 120_000);
afterAll(async () => await close());

/** A conversation of somebody: the group of that title, or the one with somebody alone. */
async function find(
  client: Client,
  by: { title: string } | { address: string },
): Promise<string | undefined> {
  const path = `${base}/conversations?state=accepted`;
  const { conversations } = await client.call<{ conversations: ConversationView[] }>("GET", path);
  return conversations.find(({ conversation }) => {
    if ("title" in by) return conversation.title === by.title;
    const others = conversation.members.filter(({ person }) => person.id !== client.person.id);
    return conversation.title === null && others.every(({ person }) => person.address === by.address);
  })?.conversation.id;
}

const waitFor = (client: Client, by: Parameters<typeof find>[1]) =>
  poll(`a conversation by ${JSON.stringify(by)}`, () => find(client, by), patience);

/** Waits until somebody has these words in a conversation. */
async function hears(client: Client, conversationId: string, text: string): Promise<void> {
  const look = async () =>
    (await client.fetchHistory(conversationId)).messages.some(({ body }) =>
      JSON.stringify(body).includes(text),
    );
  await poll(`“${text}”`, look, patience);
}

/** Does something with an address, after showing once more who asks. */
async function withConfirmation(client: Client, path: string, address: string): Promise<Moving> {
  const body = { password: `password of ${client.person.handle}` };
  const { ticket } = await client.call<Confirmed>("POST", `${base}/me/confirm`, body);
  const { place, token } = client;
  return await call(place, {
    ...{
      method: "POST",
      path: `${base}${path}`,
      token,
      body: { address },
      headers: { Confirmation: ticket },
    },
  });
}

const move = (client: Client, address: string) => withConfirmation(client, "/me/move", address);

test("contacts and a place in a group of a third server go on with the new account", async () => {
  const [kay, pat, quin] = await Promise.all(
    ["kay", "pat", "quin"].map((handle, index) => signUp(members[index]!.place, handle)),
  );
  const [kept] = await beginAbroad("Trip", [kay!, pat!]);
  const talk = await kay!.api.startConversation(pat!.person.address);
  await kay!.send(talk.conversation.id, { text: "hello" });
  const theirs = await waitFor(pat!, { address: kay!.person.address });
  await pat!.send(theirs, { text: "hello you" });
  await hears(kay!, talk.conversation.id, "hello you");

  await expect(move(pat!, quin!.person.address)).rejects.toMatchObject({ code: "move_not_agreed" });
  await withConfirmation(quin!, "/me/aliases", pat!.person.address);
  expect((await move(pat!, quin!.person.address)).movedTo?.address).toBe(quin!.person.address);

  const group = await waitFor(quin!, { title: "Trip" });
  const at = async (index: number, conversationId: string) =>
    (await readGroup(members[index]!, { conversationId })).members;
  expect(await at(0, kept!.conversationId)).toEqual(["kay owner", "quin member"]);
  expect(await at(2, group)).toEqual(["kay owner", "quin member"]);
  await kay!.send(kept!.conversationId, { text: "welcome back" });
  await hears(quin!, group, "welcome back");
  await quin!.send(group, { text: "it is me" });
  await hears(kay!, kept!.conversationId, "it is me");

  // The two go on as well, at both ends without a request.
  const [here, there] = await Promise.all([
    waitFor(kay!, { address: quin!.person.address }),
    waitFor(quin!, { address: kay!.person.address }),
  ]);
  await kay!.send(here, { text: "and the two of us" });
  await hears(quin!, there, "and the two of us");
  await expect(pat!.send(theirs, { text: "still here" })).rejects.toMatchObject({ code: "you_moved" });
}, 400_000);
