import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Method } from "#web/platform/http.ts";
import { signUp, type Client } from "../helpers/client.ts";
import { base, beginAbroad, readGroup, type HeldGroup, type Insider } from "../helpers/group-abroad.ts";
import { openServers, type Member } from "../helpers/pair.ts";
import { poll } from "../helpers/poll.ts";
import type { Reordering } from "../helpers/reordering.ts";

// A group of three real servers while these die, and are cut off from each other. Every delivery comes twice, some answers
// are lost, and some deliveries come after later ones: to the keeper, whose order is everybody's, after those of other
// senders; to the others also after later ones of the same sender, messages and entries of the log alike.

/** Milliseconds, for a machine that is busy with other things. */
const patience = 120_000;
const losesAnswer = (delivery: number): boolean => delivery % 7 === 3;
const reordering = (server: number): Reordering => {
  return {
    seed: 1_000 + server,
    takesEarly: new Set(server === 0 ? [] : ["Create", "Update", "Delete", "Add"]),
  };
};

const remaining = ["ann owner", "bo admin", "cy member"];

let servers: Member[];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ members: servers, close } = await openServers(3, { repeating: { losesAnswer, reordering } }));
}, 180_000);
afterAll(async () => await close());

/** Sends some more of somebody's numbered messages, one after the other. */
async function write({ client, conversationId }: Insider, from: number, to: number): Promise<void> {
  const { handle } = client.person;
  for (let number = from; number <= to; number += 1)
    await client.send(conversationId, { text: `${handle} ${number}` });
}

/** Says the sixth message in other words, and deletes the first. */
async function amend({ client, conversationId }: Insider): Promise<void> {
  const { handle } = client.person;
  const { messages } = await client.fetchHistory(conversationId);
  const idOf = (text: string) =>
    messages.find(({ body }) => body !== null && "text" in body && body.text === text)!.id;
  await client.api.edit(idOf(`${handle} 6`), `${handle} six`);
  await client.api.deleteForEveryone(idOf(`${handle} 1`));
}

const writeAll = (insiders: readonly Insider[], from: number, to: number) =>
  Promise.all(insiders.map((insider) => write(insider, from, to)));

/** Does something to a group at its own server. */
function act({ client, conversationId }: Insider, [method, path, body]: [Method, string, unknown?]) {
  return client.call(method, `${base}/conversations/${conversationId}${path}`, body);
}

/** By which id a server knows somebody who is in a group. */
async function idAt({ client, conversationId }: Insider, { person }: Client): Promise<string> {
  return await poll("a member", async () => {
    const { conversation } = await client.api.conversation(conversationId);
    return conversation.members.find((member) => member.person.address === person.address)?.person.id;
  });
}

/** Without what a server did not hear because its first member came later. */
function since(held: HeldGroup, last: number): HeldGroup {
  return { ...held, messages: held.messages.filter(({ seq }) => seq === null || seq > last) };
}

/** Waits until all servers have the same of a group, and all of it. */
async function agree(insiders: readonly Insider[], count: number): Promise<HeldGroup> {
  const look = async () => {
    const all = await Promise.all(servers.map((server, index) => readGroup(server, insiders[index]!)));
    const last = all[0]!.messages.findLast(({ notice }) => notice === "joined")?.seq ?? 0;
    return all.map((held) => since(held, last));
  };
  const isWhole = ({ messages, facts }: HeldGroup) =>
    facts.description === "by sea" &&
    messages.filter(({ notice }) => notice === null).length >= count &&
    messages.filter(({ text }) => text === null).length === servers.length &&
    messages.filter(({ text }) => text?.endsWith(" six")).length === servers.length &&
    messages.every(({ seq }) => seq !== null);
  const isSame = (all: readonly HeldGroup[]) => all.every((held) => isDeepStrictEqual(held, all[0]));
  const held = await poll(
    "the same group everywhere",
    async () => {
      const all = await look();
      return all.every(isWhole) && isSame(all) ? all[0] : undefined;
    },
    patience,
  ).catch(async (error: unknown) => {
    throw new Error(`the servers differ: ${JSON.stringify(await look())}`, { cause: error });
  });
  return held;
}

test("a group is the same at all servers after kills and cuts, with repeated and reordered deliveries and lost answers", async () => {
  const signUpAt = (index: number, name: string) => signUp(servers[index]!.place, name);
  const [ann, bo, cy, di, ed] = await Promise.all([
    signUpAt(0, "ann"),
    signUpAt(1, "bo"),
    signUpAt(2, "cy"),
    signUpAt(1, "di"),
    signUpAt(2, "ed"),
  ]);
  const insiders = await beginAbroad("trip", [ann, bo, cy, di, ed]);
  const [annIn, boIn, cyIn, diIn] = insiders as [Insider, Insider, Insider, Insider];
  const writers = [annIn, boIn, cyIn];
  const third = servers[2]!.server;

  await writeAll(writers, 1, 3);
  await third.kill("SIGKILL");
  const boId = await idAt(annIn, bo);
  await Promise.all([
    writeAll([annIn, boIn], 4, 6),
    act(annIn, ["PATCH", "", { title: "voyage" }]),
    act(annIn, ["PUT", `/members/${boId}/role`, { role: "admin" }]),
    act(diIn, ["POST", "/leave"]),
  ]);
  await Promise.all([third.restart(), write(cyIn, 4, 6)]);

  // Each says the last in other words, and takes back the first.
  await Promise.all(writers.map(amend));
  for (const { proxy } of servers) proxy!.cut();
  await writeAll(writers, 7, 9);
  await act(annIn, ["DELETE", `/members/${await idAt(annIn, ed)}`]);
  for (const { proxy } of servers) proxy!.mend();

  const [keeper] = servers;
  // What an admin wants who does not know yet who is in the group is refused.
  const knows = async () => isDeepStrictEqual((await readGroup(servers[1]!, boIn)).members, remaining);
  await poll("the admin knows who is there", knows, patience);
  await Promise.all([
    keeper!.server.kill("SIGKILL").then(() => keeper!.server.restart()),
    writeAll(writers, 10, 12),
    act(boIn, ["PATCH", "", { description: "by sea" }]),
  ]);

  const { messages, members, facts } = await agree(insiders, 36);
  const said = messages.filter(({ notice }) => notice === null);
  expect(said).toHaveLength(36);
  for (const author of ["ann", "bo", "cy"])
    expect(said.filter((each) => each.author === author).map(({ text }) => text)).toEqual(
      Array.from({ length: 12 }, (_, index) =>
        index === 0 ? null : index === 5 ? `${author} six` : `${author} ${index + 1}`,
      ),
    );
  expect(members).toEqual(remaining);
  expect(facts).toMatchObject({ title: "voyage", state: "open" });
  for (const { proxy } of servers) {
    await proxy!.settled();
    expect(proxy!.lostAnswers).toBeGreaterThan(0);
    expect(proxy!.overtaken).toBeGreaterThan(0);
  }
  expect(await agree(insiders, 36)).toEqual({ messages, members, facts });
}, 400_000);
