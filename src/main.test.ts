import { spawn } from "node:child_process";
import { writeFile, readFile, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import { findFreePort } from "#db/embedded/postmaster.ts";
import postgres from "postgres";
import { callApi } from "../test/helpers/api.ts";
import { type Child, startNode } from "../test/helpers/child.ts";
import { createTestDatabase } from "../test/helpers/database.ts";
import { makeFolder } from "../test/helpers/folder.ts";
import { poll } from "../test/helpers/poll.ts";
import { type ServerOptions, startPair, startServer, type TestServer } from "../test/helpers/server.ts";

const root = join(import.meta.dirname, "..");
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function server(options?: ServerOptions): Promise<TestServer> {
  const started = await startServer(options);
  ends.push(() => started.stop());
  return started;
}

/** Starts what is not expected to come up. */
function attempt(env: Record<string, string>): Child {
  const child = startNode(["src/main.ts"], { cwd: root, env });
  ends.push(() => child.kill("SIGKILL"));
  return child;
}

async function folder(): Promise<string> {
  const made = await makeFolder();
  ends.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function openSocket(origin: string, token: string): Promise<WebSocket> {
  const address = `${origin.replace(/^http/, "ws")}/api/chat/v1/socket`;
  const socket = new WebSocket(address, ["chat.v1", `bearer.${token}`], { rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once("close", resolve));
}

test("a server on its own PostgreSQL answers, keeps its people through kill -9, and stops everything at SIGTERM", async () => {
  const home = await server({ database: "embedded" });
  expect(home.output()).toContain(`is ready: ${home.origin}`);
  expect(home.output()).toContain("user create NAME --role admin");
  await home.createAccount("ana", "admin");
  await home.kill("SIGKILL");
  await home.restart();
  expect((await home.cli(["user", "list"])).stdout).toContain("ana");
  expect((await fetch(`${home.origin}/health`)).status).toBe(200);
  expect(await home.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  await expect(stat(join(home.dataDir, "postgres/data/postmaster.pid"))).rejects.toThrow("ENOENT");
});

test("kill -9 of its PostgreSQL does not end a server: it answers again, and hears other processes again", async () => {
  const home = await server({ database: "embedded" });
  const { token } = await home.createAccount("ana");
  const { pid } = home;
  const postmaster = async () =>
    Number((await readFile(join(home.dataDir, "postgres/data/postmaster.pid"), "utf8")).split("\n")[0]);
  const killed = await postmaster();
  process.kill(killed, "SIGKILL");
  await poll(
    "another PostgreSQL",
    async () =>
      (await exists(join(home.dataDir, "postgres/data/postmaster.pid"))) && (await postmaster()) !== killed,
  );
  await poll("health", () => fetch(`${home.origin}/health`).then((answer) => answer.ok));
  expect(home.pid).toBe(pid);
  // Who could not hear the others for a while sends its sockets away once, to catch up.
  const final = (async () => {
    for (;;) {
      const code = await closed(
        await poll("a socket", () => openSocket(home.origin, token).catch(() => undefined)),
      );
      if (code !== 1012) return code;
    }
  })();
  await poll("the ear for other processes", async () => (await countListeners(home.dataDir)) === 1);
  await poll("the socket again", () => openSocket(home.origin, token).catch(() => undefined));
  expect((await home.cli(["token", "revoke", token])).code).toBe(0);
  expect(await final).toBe(4401);
});

async function countListeners(dataDir: string): Promise<number> {
  const visit = await openEmbeddedPostgres({ dataDir, as: "visitor" });
  const sql = postgres(visit.url, { max: 1 });
  const rows =
    await sql`select from pg_stat_activity where query ilike 'listen %' and application_name = 'luciole'`;
  await sql.end();
  await visit.close();
  return rows.length;
}

test("once somebody administers, the start says nothing of a first account", async () => {
  const home = await server();
  await home.createAccount("ana", "admin");
  await home.kill();
  const before = home.output().length;
  await home.restart();
  expect(home.output().slice(before)).not.toContain("user create");
});

test("SIGTERM finishes a request under way, sends sockets away to come back, and ends with 0 in time", async () => {
  const home = await server();
  const { token } = await home.createAccount("ana");
  const socket = await openSocket(home.origin, token);
  const goodbye = closed(socket);
  const slow = request(`${home.origin}/api/chat/v1/conversations`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      expect: "100-continue", // the answer to it says that the server has the request in hand
    },
  });
  const answer = new Promise<number | undefined>((resolve, reject) => {
    slow.once("response", (response) => resolve(response.statusCode)).once("error", reject);
  });
  slow.flushHeaders();
  await new Promise((resolve) => slow.once("continue", resolve));
  slow.write("{");
  const began = performance.now();
  const ended = home.kill("SIGTERM");
  expect(await goodbye).toBe(1012);
  slow.end("}");
  expect(await answer).toBe(422);
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("when npm's shell dies of a SIGTERM, the server that it leaves behind ends in order", async () => {
  const dataDir = await folder();
  const env = {
    PATH: process.env["PATH"],
    npm_lifecycle_event: "start",
    DATA_DIR: dataDir,
    PORT: String(await findFreePort()),
  };
  const shell = spawn("sh", ["-c", `"${process.execPath}" src/main.ts; true`], { cwd: root, env });
  let output = "";
  shell.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await poll("a start", () => output.includes(" is ready: "));
  shell.kill("SIGTERM");
  await poll(
    "the end of PostgreSQL",
    async () => !(await exists(join(dataDir, "postgres/data/postmaster.pid"))),
  );
  await poll("the end of the server", () =>
    fetch(`http://localhost:${env.PORT}/health`).then(
      () => false,
      () => true,
    ),
  );
});

test("a client that never ends its request does not keep the server from stopping", async () => {
  const home = await server();
  const stuck = connect(home.port, "127.0.0.1");
  stuck.on("error", () => {});
  await new Promise((resolve) =>
    stuck.write("POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1", resolve),
  );
  const began = performance.now();
  expect(await home.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(performance.now() - began).toBeLessThan(10_000);
  stuck.destroy();
});

test("headers beyond 16 KiB are refused before anything looks at them", async () => {
  const home = await server();
  const answer = await fetch(`${home.origin}/health`, { headers: { "x-long": "x".repeat(17 * 1024) } });
  expect(answer.status).toBe(431);
  expect((await fetch(`${home.origin}/health`)).status).toBe(200);
});

test("a second server on the same data folder is refused by the folder's name", async () => {
  const home = await server({ database: "embedded" });
  const second = attempt({ DATA_DIR: home.dataDir, PORT: "1" });
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.output()).toMatch(
    new RegExp(
      `^Luciole cannot run: the folder ${home.dataDir}/postgres is in use by another server \\(process ${home.pid}\\).*\n$`,
    ),
  );
  expect((await fetch(`${home.origin}/health`)).status).toBe(200);
});

test("expected reasons are one line that names the setting, with exit code 1 and no stack", async () => {
  const dataDir = await folder();
  const database = await createTestDatabase();
  ends.push(() => database.drop());
  const home = await server();
  const common = { DATA_DIR: dataDir, DATABASE_URL: database.url };
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: "abc" }, /^Luciole cannot run: PORT must be/],
    [{ ...common, PORT: String(home.port) }, /HOST 127\.0\.0\.1 and PORT \d+: another program listens there/],
    [
      { ...common, HOST: "203.0.113.9" },
      /HOST 203\.0\.113\.9 and PORT 3000: HOST is no address of this machine/,
    ],
    [
      { DATA_DIR: dataDir, DATABASE_URL: "postgres://u:CANARY@127.0.0.1:1/x" },
      /cannot open the database \(ECONNREFUSED\): see DATABASE_URL/,
    ],
    [
      { ...common, TLS_CERT: "/nowhere/cert", TLS_KEY: "/nowhere/key" },
      /TLS_CERT: cannot read \/nowhere\/cert \(ENOENT\)/,
    ],
    [
      { ...common, TLS_CERT: import.meta.filename, TLS_KEY: import.meta.filename },
      /TLS_CERT and TLS_KEY are not/,
    ],
  ];
  const children = cases.map(([env, expected]) => ({ child: attempt(env), expected }));
  for (const { child, expected } of children) {
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.output()).toMatch(expected);
    expect(child.output()).not.toMatch(/CANARY|\n {4}at /);
    expect(child.output().trim().split("\n")).toHaveLength(1);
  }
});

test("a wrong or lost SECRET_KEY is noticed at the start", async () => {
  const home = await server();
  await home.kill();
  const file = join(home.dataDir, "secret.key");
  const kept = await readFile(file, "utf8");
  const env = { DATA_DIR: home.dataDir, DATABASE_URL: home.databaseUrl ?? "", PORT: String(home.port) };
  const wrong = attempt({ ...env, SECRET_KEY: "0".repeat(64) });
  expect((await wrong.ended).code).toBe(1);
  expect(wrong.output()).toContain("SECRET_KEY is not the key that this database was sealed with");
  await rm(file);
  const lost = attempt(env);
  expect((await lost.ended).code).toBe(1);
  expect(lost.output()).toContain("SECRET_KEY is missing");
  await expect(stat(file)).rejects.toThrow("ENOENT");
  await writeFile(file, `${"A".repeat(43)}\n`);
  const changed = attempt(env);
  expect((await changed.ended).code).toBe(1);
  expect(changed.output()).toContain(`SECRET_KEY (from ${file}) is not the key`);
  await home.restart({ SECRET_KEY: kept.trim() });
  expect((await fetch(`${home.origin}/health`)).status).toBe(200);
});

test("an origin that was public cannot change, and a command takes the server's own", async () => {
  const home = await server({ env: { ORIGIN: "https://chat.example" } });
  await home.kill();
  const env = { DATA_DIR: home.dataDir, DATABASE_URL: home.databaseUrl ?? "" };
  const moved = attempt({ ...env, ORIGIN: "https://other.example" });
  expect((await moved.ended).code).toBe(1);
  expect(moved.output()).toContain(
    "ORIGIN is https://other.example, but this database belongs to https://chat.example",
  );
  const made = await home.cli(["user", "create", "ana"], {
    env: { ORIGIN: "", LUCIOLE_PASSWORD: "long enough" },
  });
  expect(made.stdout).toContain("@ana@chat.example can sign in now");
});

test("a signal in the middle of a first start leaves no PostgreSQL behind", async () => {
  const dataDir = await folder();
  const child = attempt({ DATA_DIR: dataDir, PORT: "1", LOG_LEVEL: "debug" });
  await poll("a folder of PostgreSQL", () => stat(join(dataDir, "postgres")).catch(() => undefined));
  await child.kill("SIGTERM");
  await expect(stat(join(dataDir, "postgres/data/postmaster.pid"))).rejects.toThrow("ENOENT");
});

test("killed in the middle of a migration, the next start migrates whole", async () => {
  const dataDir = await folder();
  const child = attempt({ DATA_DIR: dataDir, FAILPOINT: "during-migration:kill" });
  expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
  const home = await server({ dataDir, database: "embedded" });
  expect((await fetch(`${home.origin}/health`)).status).toBe(200);
});

test("a worker shares the database of others and opens no doors", async () => {
  const home = await server({ env: { ROLE: "web" } });
  const worker = attempt({
    DATA_DIR: home.dataDir,
    DATABASE_URL: home.databaseUrl ?? "",
    ORIGIN: home.origin,
    ROLE: "worker",
  });
  await worker.waitFor(/works for http/);
  expect(await worker.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("a token revoked by a command in another process closes its socket within a second", async () => {
  const home = await server();
  const { token } = await home.createAccount("ana");
  const socket = await openSocket(home.origin, token);
  expect(socket.protocol).toBe("chat.v1");
  const revoked = closed(socket).then((code) => ({ code, at: performance.now() }));
  const answered = home.cli(["token", "revoke", "-"], { input: `${token}\n` });
  expect(await answered).toMatchObject({ code: 0, stdout: "The token is revoked.\n" });
  const said = performance.now();
  const { code, at } = await revoked;
  expect(code).toBe(4401);
  expect(at - said).toBeLessThan(1_000);
});

test("two servers over TLS with a common authority carry a message from one to the other", async () => {
  const [a, b] = await startPair();
  ends.push(() => Promise.all([a.stop(), b.stop()]));
  const [ana, bo] = [await a.createAccount("ana"), await b.createAccount("bo")];
  const api = (home: TestServer, path: string) => `${home.origin}/api/chat/v1/${path}`;
  const { body: begun } = await callApi<{ conversation: { id: string } }>(api(a, "conversations"), {
    token: ana.token,
    body: { address: `@bo@localhost:${b.port}` },
  });
  const sent = await callApi(api(a, `conversations/${begun.conversation.id}/messages`), {
    token: ana.token,
    body: { key: "1", text: "across" },
  });
  expect(sent.status).toBe(201);
  const arrived = await poll("the message at the other server", async () => {
    const { body } = await callApi<{ conversations: unknown[] }>(api(b, "conversations?state=request"), {
      token: bo.token,
    });
    return body.conversations.length > 0 && body;
  });
  expect(JSON.stringify(arrived)).toContain("across");
});
