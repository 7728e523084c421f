import { expect, test } from "vitest";
import { createGroup } from "#domain/groups/create.ts";
import type { PersonId } from "#lib/ids.ts";
import type {
  ConversationView,
  InvitationList,
  InviteLinkList,
  JoinRequestList,
  Own,
} from "#protocol/api.ts";
import type { Invitation, InviteLink } from "#protocol/invitations.ts";
import { startApp } from "../../../test/helpers/app.ts";

const base = "/api/chat/v1";

/** A server on which ann has a group. */
async function scene() {
  const app = await startApp();
  const [ann, bo, cy] = [await app.person("ann"), await app.person("bo"), await app.person("cy")];
  const id = await createGroup(app.ctx, { personId: ann.id as PersonId, title: "Trip" });
  const ask = (who: { token: string }, path: string, options: { method?: string; json?: unknown } = {}) =>
    app.request(base + path, { token: who.token, ...options });
  return { app, ann, bo, cy, path: `/conversations/${id}`, id, ask };
}

const post = { method: "POST" };
const codeOf = (link: InviteLink): string => new URL(link.url).pathname.replace("/join/", "");

test("somebody is invited, sees it among what is theirs, and comes in", async () => {
  const { ann, bo, cy, path, id, ask } = await scene();
  const made = await ask(ann, `${path}/invitations`, { json: { address: "@bo" } });
  const invitation = made.json as Invitation;
  expect([made.status, invitation.state, invitation.person.handle]).toEqual([201, "pending", "bo"]);
  expect((await ask(ann, `${path}/invitations`)).json).toEqual({
    invitations: [invitation],
  } satisfies InvitationList);
  expect(((await ask(bo, "/me/own")).json as Own).invitations).toEqual([invitation]);
  expect((await ask(bo, path)).status).toBe(404);
  const accepted = await ask(bo, `/invitations/${invitation.id}/accept`, post);
  expect([accepted.status, (accepted.json as ConversationView).conversation.id]).toEqual([200, id]);
  const again = await ask(ann, `${path}/invitations`, { json: { address: "@bo" } });
  expect([again.status, again.json]).toMatchObject([409, { error: "already_member", field: "address" }]);
  const second = (await ask(ann, `${path}/invitations`, { json: { address: "@cy" } })).json as Invitation;
  expect((await ask(cy, `/invitations/${second.id}/reject`, post)).status).toBe(204);
  expect((await ask(ann, `/invitations/${second.id}`, { method: "DELETE" })).status).toBe(204);
  expect(((await ask(cy, "/me/own")).json as Own).invitations).toEqual([]);
});

test("a link shows what a group is called, and leads in at once or when somebody agrees", async () => {
  const { app, ann, bo, cy, path, id, ask } = await scene();
  const open = (await ask(ann, `${path}/links`, { json: { uses: 3 } })).json as InviteLink;
  const shut = (await ask(ann, `${path}/links`, { json: { approval: true } })).json as InviteLink;
  expect(open.url.startsWith(`${app.origin}/join/`)).toBe(true);
  const preview = await ask(bo, `/join/${codeOf(open)}`);
  expect(preview.json).toEqual({ title: "Trip", picture: null, members: 1, approval: false, host: null });
  const joined = await ask(bo, `/join/${codeOf(open)}`, post);
  expect([joined.status, (joined.json as ConversationView).conversation.id]).toEqual([200, id]);
  const asked = await ask(cy, `/join/${codeOf(shut)}`, post);
  expect([asked.status, asked.json]).toEqual([202, { state: "asked" }]);
  const { requests } = (await ask(bo, `${path}/join-requests`)).json as JoinRequestList;
  expect(requests.map(({ person, linkId }) => [person.id, linkId])).toEqual([[cy.id, shut.id]]);
  expect((await ask(bo, `${path}/join-requests/${cy.id}/approve`, post)).status).toBe(204);
  expect((await ask(cy, path)).status).toBe(200);
  expect((await ask(ann, `/links/${open.id}`, { method: "DELETE" })).status).toBe(204);
  const { links } = (await ask(ann, `${path}/links`)).json as InviteLinkList;
  expect(links.map(({ used, revokedAt }) => [used, revokedAt !== null])).toEqual([
    [1, false],
    [1, true],
  ]);
});

test("a code that leads nowhere gets one answer, whatever the reason, and guessing is slowed down", async () => {
  const { ann, bo, path, ask } = await scene();
  const link = (await ask(ann, `${path}/links`, { json: {} })).json as InviteLink;
  await ask(ann, `/links/${link.id}`, { method: "DELETE" });
  const answers = [];
  for (const code of [codeOf(link), "AAAAAAAAAAAAAAAAAAAAAA", "x", "%00"]) {
    for (const options of [{}, post]) {
      const { status, json } = await ask(bo, `/join/${code}`, options);
      answers.push(JSON.stringify([status, json]));
    }
  }
  expect([new Set(answers).size, answers[0]]).toEqual([1, expect.stringContaining("404")]);
  const statuses = [];
  for (let i = 0; i < 30; i += 1) statuses.push((await ask(bo, `/join/guess${i}`)).status);
  expect(statuses.at(-1)).toBe(429);
});

test("the client answers under the address of a link", async () => {
  const { app } = await scene();
  const { status, headers } = await app.request("/join/AAAAAAAAAAAAAAAAAAAAAA");
  expect([status, headers.get("referrer-policy")]).toEqual([200, "no-referrer"]);
});
