import { expect, test } from "vitest";
import { startHostileApp, type HostileApp } from "../../test/helpers/hostile-app.ts";
import { signCavage, type Sendable } from "../../test/helpers/hostile-signing.ts";
import { pemOf } from "../../test/helpers/keys.ts";
import { stateHash } from "../../test/helpers/state-hash.ts";

interface Case {
  readonly name: string;
  readonly request: (app: HostileApp) => Sendable;
  readonly status: number;
  /** What may be asked of eve's server. */
  readonly asked?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "a key document that names another owner",
    request: (app) => {
      const { peer, eve } = app;
      const keyId = peer.url("/keys/1");
      const owner = "https://vic.example/users/vic";
      peer.document("/keys/1", { id: keyId, owner, publicKeyPem: pemOf(eve.keys) });
      return signCavage(app.unsigned(app.create()), { keyId, privateKey: eve.keys.privateKey });
    },
    status: 401,
    asked: ["/keys/1"],
  },
  {
    name: "an actor document that gives its key to another",
    request: (app) => {
      const { peer, eve } = app;
      const publicKey = {
        id: eve.keyId,
        owner: "https://vic.example/users/vic",
        publicKeyPem: pemOf(eve.keys),
      };
      peer.document(eve.path, { ...eve.document, publicKey });
      return app.signed(app.create());
    },
    status: 401,
    asked: ["/users/eve"],
  },
  { name: "no signature", request: (app) => app.unsigned(app.create()), status: 401 },
  {
    name: "the digest of another body",
    request: (app) => ({ ...app.signed(app.create()), body: JSON.stringify(app.create()) }),
    status: 401,
  },
  {
    name: "a date of ten minutes ago",
    request: (app) => app.signed(app.create(), { date: new Date(Date.now() - 600_000).toUTCString() }),
    status: 401,
  },
  {
    name: "another Host",
    request: (app) => app.signed(app.create(), { host: "other.example" }),
    status: 401,
  },
  {
    name: "a body of two mebibytes",
    request: (app) => app.signed(app.create({ content: "x".repeat(2 * 1024 * 1024) })),
    status: 413,
  },
  {
    name: "a body of two mebibytes in chunks",
    request: (app) => {
      const { headers, ...whole } = app.signed(app.create({ content: "x".repeat(2 * 1024 * 1024) }));
      const { "content-length": _length, ...rest } = headers;
      return { ...whole, headers: { ...rest, "transfer-encoding": "chunked" } };
    },
    status: 413,
  },
];

test.each(cases)("$name is refused: nothing is stored, fetched or told", async (each) => {
  const app = await startHostileApp();
  const [before, { socket }] = [await stateHash(app.databaseUrl), app.ann];
  const { status } = await app.send(each.request(app));
  expect(status).toBe(each.status);
  expect(await stateHash(app.databaseUrl)).toBe(before);
  expect(app.peer.requests.map(({ url }) => url)).toEqual(each.asked ?? []);
  // What comes rightly afterwards is the first thing that the socket tells.
  expect(await app.say("dan", "in order")).toBe(202);
  await socket.next(({ type }) => type === "conversation.created");
  const [hello, first] = socket.frames;
  expect(hello?.type).toBe("hello");
  expect(JSON.stringify(first)).toContain("in order");
});
