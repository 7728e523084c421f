import { expect, test } from "vitest";
import type { ConversationPage, ConversationView, JoinRequestList, Own } from "#protocol/api.ts";
import type { Invitation, InviteLink } from "#protocol/invitations.ts";
import { configureLogs } from "#lib/log.ts";
import { poll } from "../helpers/poll.ts";
import { resident, startTwoApps, type Resident } from "../helpers/two-apps.ts";

// Somebody comes into a group of another server by a link into it.

/** Ann keeps a group at one server; bo lives at the other. */
async function scene() {
  const [here, there] = await startTwoApps();
  const [ann, bo] = [await resident(here, "ann"), await resident(there, "bo")];
  const begun = await ann.ask("/conversations", { json: { title: "Trip" } });
  const { id } = (begun.json as ConversationView).conversation;
  const link = async (json: Record<string, unknown> = {}): Promise<string> =>
    ((await ann.ask(`/conversations/${id}/links`, { json })).json as InviteLink).url;
  return { here, there, ann, bo, id, link };
}

async function invitationsOf(person: Resident): Promise<Invitation[]> {
  return ((await person.ask("/me/own")).json as Own).invitations;
}

/** Waits until somebody is in a group. */
async function entered(person: Resident): Promise<ConversationView> {
  return await poll("the group", async () => {
    const { json } = await person.ask("/conversations?state=accepted");
    return (json as ConversationPage).conversations.find(({ conversation }) => conversation.title === "Trip");
  });
}

const join = (person: Resident, url: string) => person.ask("/join", { json: { url } });
const look = (person: Resident, url: string) => person.ask("/join/look", { json: { url } });

test("who has a link into a group of another server sees what it is, and comes in; no log has its code", async () => {
  const logged: string[] = [];
  configureLogs({ level: "debug", format: "json", write: (line) => logged.push(line) });
  const { here, ann, bo, id, link } = await scene();
  const url = await link({ uses: 1 });
  const { host } = new URL(here.origin);
  const preview = { title: "Trip", picture: null, members: 1, approval: false };
  expect((await look(bo, `${url}?from=mail#top`)).json).toEqual({ ...preview, host });
  expect((await look(ann, url)).json).toEqual({ ...preview, host: null });
  const asked = await join(bo, url);
  expect([asked.status, asked.json]).toEqual([202, { state: "asked" }]);
  const view = await entered(bo);
  expect(view.conversation).toMatchObject({ host, title: "Trip" });
  expect(await invitationsOf(bo)).toEqual([]);
  const said = await bo.ask(`/conversations/${view.conversation.id}/messages`, {
    json: { key: crypto.randomUUID(), text: "hello" },
  });
  expect(said.status).toBe(201);
  await poll("what bo says", async () =>
    (await ann.ask(`/conversations/${id}/messages`)).text.includes("hello"),
  );
  // It is used up; who is in by it needs it no more.
  const again = await join(bo, await link());
  expect([again.status, (again.json as ConversationView).conversation.id]).toEqual([
    200,
    view.conversation.id,
  ]);
  expect([(await look(bo, url)).status, (await join(bo, url)).status]).toEqual([404, 404]);
  const code = url.split("/").at(-1)!;
  expect(logged.filter((line) => line.includes(code))).toEqual([]);
});

test("where somebody must agree one waits, and comes in when they do", async () => {
  const { here, ann, bo, id, link } = await scene();
  const url = await link({ approval: true });
  expect([await join(bo, url), await join(bo, url)]).toMatchObject([{ status: 202 }, { status: 202 }]);
  const { host } = new URL(here.origin);
  expect(await invitationsOf(bo)).toMatchObject([
    { state: "asked", title: "Trip", host, conversationId: null },
  ]);
  const { requests } = await poll("that bo asks", async () => {
    const list = (await ann.ask(`/conversations/${id}/join-requests`)).json as JoinRequestList;
    return list.requests.length > 0 ? list : undefined;
  });
  expect(requests.map(({ person }) => person.address)).toEqual([bo.address]);
  await ann.ask(`/conversations/${id}/join-requests/${requests[0]!.person.id}/approve`, { method: "POST" });
  await entered(bo);
  expect(await invitationsOf(bo)).toEqual([]);
});

test("who is not let in learns it, until they have seen it, and may ask no more before", async () => {
  const { ann, bo, id, link } = await scene();
  const url = await link({ approval: true });
  await join(bo, url);
  const path = `/conversations/${id}/join-requests`;
  const asker = await poll("that bo asks", async () => {
    return ((await ann.ask(path)).json as JoinRequestList).requests[0]?.person.id;
  });
  await ann.ask(`${path}/${asker}/reject`, { method: "POST" });
  const refused = await poll("the answer", async () =>
    (await invitationsOf(bo)).find(({ state }) => state === "refused"),
  );
  expect((await bo.ask(`/invitations/${refused.id}/accept`, { method: "POST" })).status).toBe(409);
  expect((await bo.ask(`/invitations/${refused.id}/reject`, { method: "POST" })).status).toBe(204);
  expect(await invitationsOf(bo)).toEqual([]);
  // Whoever was refused hears it again.
  expect((await join(bo, url)).status).toBe(202);
  await poll("the answer", async () => (await invitationsOf(bo)).some(({ state }) => state === "refused"));
});

test("who asks no more is asked about no more", async () => {
  const { ann, bo, id, link } = await scene();
  await join(bo, await link({ approval: true }));
  const path = `/conversations/${id}/join-requests`;
  const waiting = async () => ((await ann.ask(path)).json as JoinRequestList).requests.length;
  await poll("that bo asks", async () => (await waiting()) === 1);
  const [asked] = await invitationsOf(bo);
  expect((await bo.ask(`/invitations/${asked!.id}/reject`, { method: "POST" })).status).toBe(204);
  await poll("that bo asks no more", async () => (await waiting()) === 0);
  expect(await invitationsOf(bo)).toEqual([]);
});

test("a link of one's own server is like any other of it, in whatever way it is used", async () => {
  const { here, id, link } = await scene();
  const cy = await resident(here, "cy");
  const answer = await join(cy, await link());
  expect([answer.status, (answer.json as ConversationView).conversation.id]).toEqual([200, id]);
});

test("what is no link into a group, or leads where nobody asks, is refused by name", async () => {
  const { there, bo } = await scene();
  const code = "AAAAAAAAAAAAAAAAAAAAAA";
  const links = ["not an address", "https://a.example/c/1", `http://127.0.0.1:1/join/${code}`];
  for (const url of [...links, `http://169.254.169.254/join/${code}`]) {
    expect(await look(bo, url), url).toMatchObject({ status: 422, json: { field: "url" } });
    expect(await join(bo, url), url).toMatchObject({ status: 422, json: { field: "url" } });
  }
  // Its own server is not asked over the network.
  expect((await join(bo, `${there.origin}/join/${code}`)).status).toBe(404);
  expect(await invitationsOf(bo)).toEqual([]);
});
