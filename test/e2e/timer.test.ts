import { expect, test } from "vitest";
import { startConversation } from "#domain/conversations.ts";
import { findPersonByUri } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { ConversationPage, ConversationView, MessagePage } from "#protocol/api.ts";
import type { InviteLink } from "#protocol/invitations.ts";
import { poll } from "../helpers/poll.ts";
import { resident, startTwoApps, type Resident } from "../helpers/two-apps.ts";

/** The servers have no names by which one finds people, but links: bo comes into a group of ann's. */
async function meet(ann: Resident, bo: Resident): Promise<void> {
  const begun = await ann.ask("/conversations", { json: { title: "Trip" } });
  const { id } = (begun.json as ConversationView).conversation;
  const { url } = (await ann.ask(`/conversations/${id}/links`, { json: {} })).json as InviteLink;
  expect((await bo.ask("/join", { json: { url } })).status).toBe(202);
  await conversationOf(bo, "group");
}

async function conversationOf(person: Resident, kind: "group" | "direct"): Promise<string> {
  return await poll("a conversation", async () => {
    for (const state of ["request", "accepted"]) {
      const { json } = await person.ask(`/conversations?state=${state}`);
      const { conversations } = json as ConversationPage;
      const found = conversations.find(({ conversation }) => conversation.kind === kind);
      if (found !== undefined) return found.conversation.id;
    }
    return undefined;
  });
}

/** How long what is said stays, and the lines that tell of it, as somebody sees them. */
async function seenBy(person: Resident, id: string): Promise<[number | null, unknown[]]> {
  const [{ json: view }, { json: page }] = await Promise.all([
    person.ask(`/conversations/${id}`),
    person.ask(`/conversations/${id}/messages`),
  ]);
  const values = (page as MessagePage).messages.flatMap(({ notice }) =>
    notice?.type === "expiry" ? notice.value : [],
  );
  return [(view as ConversationView).conversation.expireAfter, values];
}

test("how long stays what two people of two servers say is the same at both, and both are told", async () => {
  const [here, there] = await startTwoApps();
  const [ann, bo] = [await resident(here, "ann"), await resident(there, "bo")];
  await meet(ann, bo);
  const other = await findPersonByUri(here.ctx, `${there.origin}/users/${bo.id}`);
  const { id } = await startConversation(here.ctx, { personId: ann.id as PersonId, withId: other!.id });
  await ann.ask(`/conversations/${id}/messages`, { json: { key: crypto.randomUUID(), text: "hello" } });
  const theirs = await conversationOf(bo, "direct");
  await bo.ask(`/conversations/${theirs}/accept`, { method: "POST" });
  const set = (person: Resident, of: string, seconds: number | null) =>
    person.ask(`/conversations/${of}/timer`, { method: "PUT", json: { seconds } });
  const agree = (seconds: number | null, lines: unknown[]) =>
    poll("the same at both", async () => {
      const seen = [await seenBy(ann, id), await seenBy(bo, theirs)];
      return (
        JSON.stringify(seen) ===
        JSON.stringify([
          [seconds, lines],
          [seconds, lines],
        ])
      );
    });
  expect((await set(ann, id, 3600)).status).toBeLessThan(300);
  await agree(3600, [3600]);
  await set(ann, id, 3600);
  await set(bo, theirs, 86_400);
  await agree(86_400, [3600, 86_400]);
  await set(ann, id, null);
  await agree(null, [3600, 86_400, null]);

  // Both at once, again and again: whichever it is, it is the same.
  const valueAt = async (person: Resident, of: string) => (await seenBy(person, of))[0];
  for (let again = 1; again <= 5; again += 1) {
    const choices = [again * 60, again * 600];
    await Promise.all([set(ann, id, choices[0]!), set(bo, theirs, choices[1]!)]);
    await poll("one of both at both", async () => {
      const [at, other] = [await valueAt(ann, id), await valueAt(bo, theirs)];
      return at === other && choices.includes(at ?? 0);
    });
  }
});
