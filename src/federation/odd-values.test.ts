import { expect, test } from "vitest";
import { startHostileApp, type HostileApp } from "../../test/helpers/hostile-app.ts";
import { signCavage } from "../../test/helpers/hostile-signing.ts";
import { pemOf } from "../../test/helpers/keys.ts";
import { stateHash } from "../../test/helpers/state-hash.ts";
import type { ConversationPage, MessagePage } from "#protocol/api.ts";

const NUL = "\0";
/** Too long for a row of an index, and not to be made shorter by packing. */
const long = (): string =>
  Array.from({ length: 2_000 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 0x5000))).join(
    "",
  );

type Activity = Record<string, unknown>;

/** Activities that mean nothing: 202, and nothing is kept. */
const dropped: Record<string, (app: HostileApp) => Activity> = {
  "NUL in the activity's id": ({ create, eve }) => create({}, { id: `${eve.id}/${NUL}` }),
  "NUL in the object's id": ({ create, eve }) => create({ id: `${eve.id}/${NUL}` }),
  "a line break in the object's id": ({ create, eve }) => create({ id: `${eve.id}/a\nb` }),
  "NUL in an addressee": ({ create, ann }) => create({ to: [ann.uri, `https://c.example/${NUL}`] }),
  "NUL behind ann's address": ({ create, ann }) => create({ to: [`${ann.uri}${NUL}`] }, { to: [] }),
  "NUL in the author": ({ create, eve }) => create({ attributedTo: `${eve.id}${NUL}` }),
  "2,000 letters of three bytes in the activity's id": ({ create, eve }) =>
    create({}, { id: `${eve.id}/${long()}` }),
  "2,000 letters of three bytes in the object's id": ({ create, eve }) =>
    create({ id: `${eve.id}/${long()}` }),
  "NUL in what is edited": ({ create, eve }) => create({ id: `${eve.id}/${NUL}` }, { type: "Update" }),
  "NUL in what is deleted": ({ create, eve }) => create({}, { type: "Delete", object: `${eve.id}/${NUL}` }),
  "2,000 letters of three bytes in what is deleted": ({ create, eve }) =>
    create({}, { type: "Delete", object: { id: `${eve.id}/${long()}` } }),
};

test("activities with NUL, control characters or endless addresses are dropped and leave no trace", async () => {
  const app = await startHostileApp();
  const before = await stateHash(app.databaseUrl);
  for (const [name, activity] of Object.entries(dropped)) {
    const { status } = await app.send(app.signed(activity(app)));
    expect([name, status]).toEqual([name, 202]);
    expect([name, await stateHash(app.databaseUrl)]).toEqual([name, before]);
  }
  expect(app.ann.socket.frames.map(({ type }) => type)).toEqual(["hello"]);
  expect(app.peer.requests.map(({ url }) => url)).toEqual([app.eve.path]);
});

/** Notes that are taken without what is odd in them. */
const taken: Record<string, (app: HostileApp) => Activity> = {
  "NUL in the HTML": ({ create }) => create({ content: `<p>he${NUL}llo</p>` }),
  "NUL in HTML that says more than its text": ({ create }) =>
    create({ content: `<p><em>hel${NUL}lo</em></p>` }),
  "NUL in the name of a file": ({ create }) =>
    create({ content: "", attachment: [{ href: "https://b.example/1", name: `hel${NUL}lo` }] }),
  "NUL in a translation": ({ create }) => create({ content: null, contentMap: { en: `<p>hel${NUL}lo</p>` } }),
  "NUL in the text that the HTML is made of": ({ create }) =>
    create({ content: `<p>hel${NUL}lo</p>`, source: { content: `hel${NUL}lo`, mediaType: "text/plain" } }),
  "NUL in the context": ({ create }) => create({ context: `tag:b.example,2026:${NUL}` }),
  "2,000 letters of three bytes in the context": ({ create }) =>
    create({ context: `tag:b.example:${long()}` }),
  "NUL in what it answers": ({ create }) => create({ inReplyTo: `https://c.example/${NUL}` }),
  "a time before all years": ({ create }) => create({ published: "-271821-04-20T00:00:00.000Z" }),
  "a time before the first year": ({ create }) => create({ published: "0000-05-05T00:00:00.000Z" }),
  "a time beyond all years": ({ create }) =>
    create({ published: "+275760-09-13T00:00:00.000Z", updated: "+275760-09-13T00:00:00.000Z" }),
};

test("notes with odd parts are taken as if these were not there", async () => {
  const app = await startHostileApp();
  for (const [name, activity] of Object.entries(taken)) {
    const { status } = await app.send(app.signed(activity(app)));
    expect([name, status]).toEqual([name, 202]);
  }
  const { token } = app.ann;
  const list = await app.request("/api/chat/v1/conversations?state=request", { token });
  const [view] = (list.json as ConversationPage).conversations;
  const page = await app.request(`/api/chat/v1/conversations/${view!.conversation.id}/messages`, { token });
  const { messages } = page.json as MessagePage;
  const texts = messages.map(({ body }) => body !== null && "text" in body && body.text);
  expect(texts).toEqual(Object.keys(taken).map(() => "hello"));
  expect(JSON.stringify(messages)).not.toContain("\\u0000");
  const today = new Date().getUTCFullYear();
  expect(messages.every(({ sentAt }) => Math.abs(new Date(sentAt).getUTCFullYear() - today) <= 1)).toBe(true);
});

test("an edit with a time beyond all years is an edit without a time", async () => {
  const app = await startHostileApp();
  const create = app.create();
  const id = (create["object"] as Activity)["id"];
  expect((await app.send(app.signed(create))).status).toBe(202);
  for (const updated of ["-271821-04-20T00:00:00Z", "+275760-09-13T00:00:00Z"]) {
    const edit = app.create({ id, updated, content: `<p>${updated}</p>` }, { type: "Update" });
    expect((await app.send(app.signed(edit))).status).toBe(202);
  }
});

test("a deletion by an actor with a long address, of something with a long address, does not break", async () => {
  const app = await startHostileApp();
  const path = `/users/${Array.from({ length: 1_900 }, () => "abcdefghijklmnop0123456789-_"[Math.floor(Math.random() * 28)]).join("")}`;
  const id = app.peer.url(path);
  const keyId = `${id}#k`;
  const { keys } = app.eve;
  const publicKey = { id: keyId, owner: id, publicKeyPem: pemOf(keys) };
  app.peer.document(path, {
    ...app.eve.document,
    id,
    inbox: `${id}/inbox`,
    preferredUsername: "long",
    publicKey,
  });
  const object = `${app.peer.origin}/${path.split("").reverse().join("")}`;
  const gone = { id: `${app.peer.origin}/1`, type: "Delete", actor: id, object };
  const { status } = await app.send(signCavage(app.unsigned(gone), { keyId, privateKey: keys.privateKey }));
  expect(status).toBe(202);
});

test("a key whose owner has NUL in their address is refused", async () => {
  const app = await startHostileApp();
  const before = await stateHash(app.databaseUrl);
  const owner = app.peer.url(`/users/n${NUL}ul`);
  const keyId = app.peer.url("/users/n%00ul#k");
  const publicKey = { id: keyId, owner, publicKeyPem: pemOf(app.eve.keys) };
  app.peer.document("/users/n%00ul", { ...app.eve.document, id: owner, publicKey });
  const activity = app.create({ attributedTo: owner }, { actor: owner });
  const signed = signCavage(app.unsigned(activity), { keyId, privateKey: app.eve.keys.privateKey });
  expect((await app.send(signed)).status).toBe(401);
  expect(await stateHash(app.databaseUrl)).toBe(before);
});

test("our own doors answer 4xx to NUL and to times beyond all years, and nothing changes", async () => {
  const app = await startHostileApp();
  const { token } = app.ann;
  await app.say("dan", "hello");
  const list = await app.request("/api/chat/v1/conversations?state=request", { token });
  const { id } = (list.json as ConversationPage).conversations[0]!.conversation;
  const before = await stateHash(app.databaseUrl);
  const { host } = new URL(app.origin);
  const own = { origin: app.origin };
  const resource = (text: string): string => `/.well-known/webfinger?resource=${encodeURIComponent(text)}`;
  const api = "/api/chat/v1";
  const password = "correct horse battery";
  const cases: [path: string, options: object, status: number, field?: string][] = [
    [resource(`acct:a${NUL}b@${host}`), {}, 404],
    [resource(`${app.origin}/@a${NUL}b`), {}, 404],
    [resource(`${app.origin}/users/${NUL}`), {}, 404],
    [`/@a%00b`, {}, 404],
    [`/users/a%00b`, {}, 404],
    ["/auth/sign-in", { json: { handle: `a${NUL}b`, password }, headers: own }, 422, "handle"],
    ["/auth/sign-up", { json: { handle: `a${NUL}b`, password }, headers: own }, 422, "handle"],
    [`${api}/conversations`, { token, json: { address: `@a${NUL}b` } }, 422, "address"],
    [`${api}/conversations`, { token, json: { address: `a${NUL}b@b.example` } }, 422, "address"],
    [`${api}/conversations/${id}/messages`, { token, json: { key: NUL, text: "x" } }, 422, "key"],
    [`${api}/conversations?before=999999999999999.${id}`, { token }, 422, "before"],
    [`${api}/sync?after=${NUL}`, { token }, 422, "after"],
    [`${api}/sync?after=%00.%00`, { token }, 422, "after"],
  ];
  for (const [path, options, status, field] of cases) {
    const { json, ...answer } = await app.request(path, options);
    expect([path, answer.status]).toEqual([path, status]);
    expect([path, json]).toMatchObject([path, field === undefined ? {} : { field }]);
  }
  expect(await stateHash(app.databaseUrl)).toBe(before);
});
