import { buffer, text } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { saveDraft } from "#domain/drafts.ts";
import { createFolder } from "#domain/folders.ts";
import { forgetGroup, leaveGroup } from "#domain/groups/verbs.ts";
import { workOffExports } from "#domain/exports/write.ts";
import { deleteMessage, hideMessage } from "#domain/messages/change.ts";
import { changePreferences } from "#domain/preferences.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { renamePerson } from "#domain/rename.ts";
import { makeArchive } from "#jobs/archive.ts";
import type { ConversationView } from "#protocol/api.ts";
import type { DataExport, DataExportList } from "#protocol/ending.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { confirmed } from "../../../test/helpers/confirmed.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { poll } from "../../../test/helpers/poll.ts";

const base = "/api/chat/v1";
interface Person {
  id: string;
  token: string;
}

/** The files of an archive, by their paths. */
async function unpack(bytes: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const zip = await fromBufferPromise(Buffer.from(bytes));
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  return files;
}

async function begin(app: TestApp, person: Person) {
  const headers = { confirmation: await confirmed(app, person) };
  return await app.request(`${base}/me/exports`, { method: "POST", token: person.token, headers });
}

async function readyOf(app: TestApp, { token }: Person): Promise<DataExport> {
  return await poll("the file", async () => {
    const { exports } = (await app.request(`${base}/me/exports`, { token })).json as DataExportList;
    return exports.find(({ state }) => state === "ready");
  });
}

async function fetchFile(app: TestApp, { token }: Person, id: string) {
  return await fetch(`${app.origin}${base}/me/exports/${id}/file`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

async function openScene(role: "all" | "web" = "all") {
  const app = await startApp({ role });
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const begun = await app.request(`${base}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const { id } = (begun.json as ConversationView).conversation;
  const say = (from: Person, text: string) =>
    app.request(`${base}/conversations/${id}/messages`, {
      token: from.token,
      json: { key: crypto.randomUUID(), text },
    });
  await say(ann, "words of ann");
  return { app, ann, bo, id, say };
}

test("all that is one's own comes as one archive: what one may read, and no secret", async () => {
  const { app, ann, bo, id, say } = await openScene();
  await app.request(`${base}/people/${bo.id}/block`, {
    method: "PUT",
    token: ann.token,
    json: { kind: "silent" },
  });
  await say(bo, "withheld from ann");
  expect((await app.request(`${base}/me/exports`, { method: "POST", token: ann.token })).json).toMatchObject({
    error: "confirm_first",
  });
  expect((await begin(app, ann)).status).toBe(202);
  expect((await begin(app, ann)).json).toMatchObject({ error: "export_pending" });
  const { id: exportId, size } = await readyOf(app, ann);
  const answer = await fetchFile(app, ann, exportId);
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="luciole-.+\.zip"$/);
  expect(answer.headers.get("cache-control")).toContain("no-store");
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.byteLength).toBe(size);
  const files = await unpack(bytes);
  expect([...files.keys()]).toEqual([
    ...["README.txt", "account.json", "keys.json", "sessions.json", "apps.json", "choices.json"],
    ...["people.json", "said.json", "history.json", "drafts.json", "saved.json", `conversations/${id}.json`],
  ]);
  const data = [...files].filter(([path]) => path.endsWith(".json"));
  expect(data.map(([, content]) => typeof JSON.parse(content))).toEqual(data.map(() => "object"));
  const all = [...files.values()].join("\n");
  expect(all).toContain("words of ann");
  expect(all).not.toContain("withheld from ann");
  expect(all).not.toMatch(/argon2|PRIVATE KEY|passwordHash|luc_/);
});

test("whatever somebody could say here is theirs to take along, also where they may not read it any more", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await createAccount(ctx, { handle: "ann", password: "firefly-night", role: "member" });
  const [bo, eve] = [await world.local("bo"), await world.local("eve")];
  const [near, group] = [await world.between(ann, bo), await groupOf(world, [bo, ann, eve])];
  const own = { personId: ann.id };
  await world.say(bo, near, "said by another");
  await blockPerson(ctx, { ...own, otherId: eve.id, kind: "silent" });
  const hidden = await world.say(ann, near, "said and hidden");
  await hideMessage(ctx, { ...own, messageId: hidden.id });
  const taken = await world.say(ann, near, "taken back");
  await deleteMessage(ctx, { ...own, messageId: taken.id });
  await world.say(ann, group, "said in a forgotten group");
  await leaveGroup(ctx, { ...own, conversationId: group });
  await forgetGroup(ctx, { ...own, conversationId: group });
  await saveDraft(ctx, { ...own, conversationId: near, text: "begun to say", inReplyTo: null });
  await createFolder(ctx, { ...own, name: "a folder" });
  await changePreferences(ctx, { ...own, change: { status: { text: "a status", until: null } } });
  await renamePerson(ctx, { ...own, by: ann.id, handle: "anna" });
  const files = await unpack(await buffer(makeArchive(ctx, ann.id)));
  const of = (path: string) => JSON.parse(files.get(path) ?? "") as unknown;
  expect(of("history.json")).toContainEqual(
    expect.objectContaining({ action: "handle.changed", isOwn: true }),
  );
  expect(of("said.json")).toMatchObject([
    { id: hidden.id, conversationId: near, text: "said and hidden" },
    { conversationId: group, text: "said in a forgotten group" },
  ]);
  expect(of("drafts.json")).toMatchObject([{ text: "begun to say" }]);
  expect(of("choices.json")).toMatchObject({
    folders: [{ name: "a folder" }],
    preferences: { status: { text: "a status" } },
  });
  expect(of("account.json")).toMatchObject({
    person: { handle: "anna" },
    formerHandles: [{ handle: "ann" }],
  });
  expect(of("people.json")).toMatchObject([
    { person: { handle: "bo" }, isContact: true, relation: null },
    { person: { handle: "eve" }, isContact: false, relation: { block: "silent" } },
  ]);
  expect([...files.keys()].filter((path) => path.startsWith("conversations/"))).toEqual([
    `conversations/${near}.json`,
  ]);
  expect([...files.values()].join("\n")).not.toContain("taken back");
});

test("CL-30 a file is its owner's alone, by a bearer alone, and gone after a day", async () => {
  const { app, ann, bo } = await openScene();
  await begin(app, ann);
  const { id } = await readyOf(app, ann);
  const unknown = await app.request(`${base}/me/exports/${crypto.randomUUID()}/file`, { token: bo.token });
  const others = await app.request(`${base}/me/exports/${id}/file`, { token: bo.token });
  expect([others.status, others.text]).toEqual([404, unknown.text]);
  const path = `${base}/me/exports/${id}/file`;
  expect((await app.request(`${path}?access_token=${ann.token}`)).status).toBe(401);
  expect((await app.request(path, { headers: { cookie: `__Host-refresh=${ann.token}` } })).status).toBe(401);
  await app.connection.sql`update data_export set expires_at = now() - interval '1 second'`;
  expect((await fetchFile(app, ann, id)).status).toBe(404);
  await workOffExports(app.ctx, makeArchive);
  expect(await app.connection.sql`select 1 from data_export union all select 1 from export_chunk`).toEqual(
    [],
  );
});

test("a worker that dies over a file leaves it to another, which begins anew; one that comes back late writes nothing", async () => {
  const { app, ann } = await openScene("web");
  await begin(app, ann);
  const { sql } = app.connection;
  const dying = { ...app.ctx, failpoint: () => Promise.reject(new Error("died")) };
  await expect(workOffExports(dying, makeArchive)).rejects.toThrow("died");
  await workOffExports(app.ctx, makeArchive);
  expect(await sql`select state, attempts from data_export`).toEqual([{ state: "waiting", attempts: 1 }]);
  const later = { ...app.ctx, now: () => new Date(Date.now() + 6 * 60_000) };
  async function* late(): AsyncGenerator<Uint8Array, void> {
    yield new Uint8Array(1024 * 1024);
    await workOffExports({ ...app.ctx, now: () => new Date(Date.now() + 60 * 60_000) }, makeArchive);
    yield new Uint8Array(1024 * 1024);
  }
  await workOffExports(later, late);
  expect(await sql`select state, attempts from data_export`).toEqual([{ state: "ready", attempts: 3 }]);
  const { id } = await readyOf(app, ann);
  const bytes = new Uint8Array(await (await fetchFile(app, ann, id)).arrayBuffer());
  expect((await unpack(bytes)).get("README.txt")).toContain("all that");
});
