import { expect, test } from "vitest";
import { forgetExpired } from "#domain/housekeeping.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { ConversationPage, ConversationView, Own } from "#protocol/api.ts";
import { decided } from "../../../test/helpers/groups.ts";
import { startApp } from "../../../test/helpers/app.ts";

const base = "/api/chat/v1";

test("a group is begun with those whom it is for, or not at all", async () => {
  const app = await startApp();
  const [{ token }, bo] = [await app.person("ann"), await app.person("bo")];
  await app.person("cy");
  const begin = (json: object) => app.request(`${base}/conversations`, { token, json });
  const refused = [
    [["@nobody"], "address_unknown"],
    [["@bo", "@ann"], "already_member"],
    [Array.from({ length: 101 }, () => "@bo"), "invalid"],
  ] as const;
  for (const [addresses, error] of refused) {
    const answer = await begin({ title: "Band", addresses });
    expect([answer.status, answer.json]).toMatchObject([
      error === "already_member" ? 409 : 422,
      { error, field: "addresses" },
    ]);
  }
  expect(await begin({ address: "@bo", addresses: ["@cy"] })).toMatchObject({ status: 422 });
  const list = await app.request(`${base}/conversations`, { token });
  expect((list.json as ConversationPage).conversations).toEqual([]);
  const begun = await begin({ title: "Band", addresses: ["@bo", "@cy", "@bo"] });
  expect(begun.status).toBe(201);
  const { conversation } = begun.json as ConversationView;
  expect(conversation.members).toHaveLength(1);
  const own = await app.request(`${base}/me/own`, { token: bo.token });
  expect((own.json as Own).invitations).toMatchObject([{ conversationId: conversation.id, title: "Band" }]);
});

const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(32)]);

/** Ann has a group in which bo is. */
async function scene() {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const begun = await app.request(`${base}/conversations`, { token: ann.token, json: { title: "Band" } });
  const { id } = (begun.json as ConversationView).conversation;
  const conversationId = id as ConversationId;
  const join = { type: "join", personId: bo.id as PersonId, role: "member", by: ann.id as PersonId } as const;
  await decided(app, conversationId, [join]);
  const give = (token: string, body: Uint8Array<ArrayBuffer>) =>
    app.request(`${base}/conversations/${id}/picture`, { method: "PUT", token, body });
  const pictureOf = ({ json }: { json: unknown }) => (json as ConversationView).conversation.picture;
  return { app, ann, bo, conversationId, give, pictureOf };
}

test("a group shows itself by a picture, which whoever has its address sees, and as nothing else", async () => {
  const { app, ann, bo, conversationId, give, pictureOf } = await scene();
  const path = pictureOf(await give(ann.token, png))!;
  const seen = await app.request(`${base}/conversations/${conversationId}`, { token: bo.token });
  expect(pictureOf(seen)).toBe(path);
  const shown = await app.request(path);
  expect([shown.status, shown.text]).toEqual([200, png.toString()]);
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    "content-type": "image/png",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, max-age=31536000, immutable",
  });
  expect(await app.request(`/pictures/${crypto.randomUUID()}`)).toMatchObject({ status: 404 });
  const other = pictureOf(await give(ann.token, png));
  expect(other).not.toBe(path);
  const target = { method: "DELETE", token: ann.token };
  expect(pictureOf(await app.request(`${base}/conversations/${conversationId}/picture`, target))).toBeNull();
});

test("what is no picture, tells more than it shows, or comes of whoever may not, is no group's picture", async () => {
  const { app, ann, bo, conversationId, give, pictureOf } = await scene();
  const exif = Buffer.from("\xFF\xD8\xFF\xE1\0\x20Exif\0\0MM", "latin1");
  const refused = [
    [ann, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), 422, "not_a_picture"],
    [ann, exif, 422, "picture_has_metadata"],
    [bo, png, 403, "not_permitted"],
  ] as const;
  for (const [{ token }, body, status, error] of refused)
    expect(await give(token, body)).toMatchObject({ status, json: { error } });
  const seen = await app.request(`${base}/conversations/${conversationId}`, { token: bo.token });
  expect(pictureOf(seen)).toBeNull();
  expect(await app.connection.sql`select 1 from picture`).toHaveLength(0);
});

test("a picture that no group has any more is forgotten after a week", async () => {
  const { app, ann, give, pictureOf } = await scene();
  const before = pictureOf(await give(ann.token, png))!;
  const after = pictureOf(await give(ann.token, png))!;
  await forgetExpired(app.ctx);
  expect(await app.request(before)).toMatchObject({ status: 200 });
  const later = new Date(app.ctx.now().getTime() + 8 * 24 * 3600_000);
  await forgetExpired({ ...app.ctx, now: () => later });
  expect(await app.request(before)).toMatchObject({ status: 404 });
  expect(await app.request(after)).toMatchObject({ status: 200 });
});
