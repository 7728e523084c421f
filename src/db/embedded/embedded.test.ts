import { chmod, link, mkdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Child, startNode } from "../../../test/helpers/child.ts";
import { makeFolder } from "../../../test/helpers/folder.ts";
import { poll } from "../../../test/helpers/poll.ts";
import { type EmbeddedOptions, openEmbeddedPostgres } from "./embedded.ts";

const program = `
  import { openEmbeddedPostgres } from ${JSON.stringify(new URL("./embedded.ts", import.meta.url).href)};
  const [dataDir, as] = process.argv.slice(1);
  const onLost = (error) => { console.log("lost: " + error.message); process.exit(3); };
  const embedded = await openEmbeddedPostgres({ dataDir, as, onLost }).catch((error) => {
    console.log(error.name + ": " + error.message);
    process.exit(1);
  });
  process.on("SIGTERM", () => embedded.close().then(() => process.exit(0)));
  console.log("ready " + embedded.url);`;

const isRoot = process.getuid?.() === 0;
/** What root alone can try; on a build machine it must not be left out. */
const canBeRoot = isRoot || Boolean(process.env["CI"]);
let folder: string;
let dataDir: string;
const children: Child[] = [];

beforeEach(async () => {
  folder = await makeFolder();
  dataDir = join(folder, "data");
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill("SIGKILL")));
  // A visitor that comes last stops what a killed server left behind.
  if (await stat(join(dataDir, "postgres", "data")).catch(() => undefined))
    await (await openEmbeddedPostgres({ dataDir, as: "visitor" })).close();
  await rm(folder, { recursive: true, force: true });
});

function start(as: EmbeddedOptions["as"] = "server"): Child {
  const child = startNode(["--input-type=module", "-e", program, dataDir, as]);
  children.push(child);
  return child;
}

async function startReady(as: EmbeddedOptions["as"] = "server"): Promise<Child & { url: string }> {
  const child = start(as);
  const [, url = ""] = await child.waitFor(/ready (.*)\n/);
  return Object.assign(child, { url });
}

async function query(url: string, statement: string): Promise<postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5, fetch_types: false });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function readPid(): Promise<number> {
  const text = await readFile(join(dataDir, "postgres", "data", "postmaster.pid"), "utf8").catch(() => "");
  return Number(text.split("\n")[0]);
}

test("the first start makes a database for any text, with a password that only we can read", async () => {
  const server = await startReady();
  const [found] = await query(
    server.url,
    `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
       lower('ÄÇЖ') as lower, current_setting('data_checksums') as checksums`,
  );
  expect(found).toEqual({ encoding: "UTF8", fsync: "on", lower: "äçж", checksums: "on" });
  expect((await stat(join(dataDir, "postgres", "password"))).mode & 0o777).toBe(0o600);
  await expect(query(server.url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toThrow("password");
  expect(await server.kill()).toEqual({ code: 0, signal: null });
  expect(await readPid()).toBe(0);
});

test("a second start finds what the first one stored", async () => {
  const first = await startReady();
  await query(first.url, "create table kept as select 7 as n");
  await first.kill();
  const second = await startReady();
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
});

test("after kill -9 of the server the next one adopts the PostgreSQL that is left, and stops it at its own end", async () => {
  const first = await startReady();
  await query(first.url, "create table kept as select 7 as n");
  const pid = await readPid();
  await first.kill("SIGKILL");
  const second = await startReady();
  expect(second.url).toBe(first.url);
  expect(await readPid()).toBe(pid);
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
  await second.kill();
  expect(await readPid()).toBe(0);
});

test("after kill -9 of an adopted or own PostgreSQL another one answers at the same address with all that was committed", async () => {
  const first = await startReady();
  await first.kill("SIGKILL");
  const server = await startReady();
  await query(server.url, "create table kept (n int)");
  for (const n of [1, 2]) {
    await query(server.url, `insert into kept values (${n})`);
    const pid = await readPid();
    process.kill(pid, "SIGKILL");
    const rows = await poll("PostgreSQL again", async () =>
      (await readPid()) === pid
        ? undefined
        : query(server.url, "select n from kept order by n").catch(() => undefined),
    );
    expect(rows).toHaveLength(n);
  }
  expect(await server.kill()).toEqual({ code: 0, signal: null });
});

test("after kill -9 of both the next start recovers", async () => {
  const first = await startReady();
  await query(first.url, "create table kept as select 7 as n");
  process.kill(await readPid(), "SIGKILL");
  await first.kill("SIGKILL");
  const second = await startReady();
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
});

test("of two first starts at once on one folder one serves, and the other says who has it", async () => {
  const starters = [start(), start()];
  const outcomes = await Promise.all(
    starters.map(async (child) => (await child.waitFor(/ready|Error: .*|FolderInUse: .*/))[0]),
  );
  expect(outcomes.filter((outcome) => outcome === "ready")).toHaveLength(1);
  const serving = starters[outcomes.indexOf("ready")];
  const refused = outcomes.find((outcome) => outcome !== "ready");
  expect(refused).toContain(`${dataDir}/postgres is in use by another server (process ${serving?.pid})`);
  const url = /ready (.*)\n/.exec(serving?.output() ?? "")?.[1] ?? "";
  expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
});

test("a command works beside the server and leaves PostgreSQL running for it", async () => {
  const server = await startReady();
  const command = await startReady("visitor");
  expect(command.url).toBe(server.url);
  await command.kill();
  expect(await query(server.url, "select 1 as n")).toEqual([{ n: 1 }]);
});

test("a command without a server starts PostgreSQL for the moment; a server that comes meanwhile keeps it", async () => {
  const command = await startReady("visitor");
  const server = await startReady();
  await command.kill();
  expect(await query(server.url, "select 1 as n")).toEqual([{ n: 1 }]);
  await server.kill();
  expect(await readPid()).toBe(0);
  await (await startReady("visitor")).kill();
  expect(await readPid()).toBe(0);
});

test("a process number that now belongs to somebody else does not keep PostgreSQL from starting", async () => {
  const first = await startReady();
  await query(first.url, "create table kept as select 7 as n");
  process.kill(await readPid(), "SIGKILL");
  await first.kill("SIGKILL");
  const file = join(dataDir, "postgres", "data", "postmaster.pid");
  const stranger = startNode(["-e", "setInterval(() => {}, 1000)"], isRoot ? await stat(file) : {});
  children.push(stranger);
  await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(stranger.pid)));
  const second = await startReady();
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
});

test("what people write never gets into PostgreSQL's log", async () => {
  const server = await startReady();
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  await sql`create table message (text text unique check (length(text) < 30))`;
  await sql`insert into message values ('CANARY')`;
  await expect(sql`insert into message values (${"CANARY"})`).rejects.toThrow("duplicate key");
  await expect(sql`insert into message values (${"CANARY".repeat(9)})`).rejects.toThrow("check constraint");
  await expect(sql`select ${"CANARY"}::text::int`).rejects.toThrow("invalid input");
  await expect(sql.unsafe("select 'CANARY' from nowhere")).rejects.toThrow("does not exist");
  const log = await readFile(join(dataDir, "postgres", "log"), "utf8");
  expect(log).toContain("ready to accept connections");
  expect(log).not.toContain("CANARY");
  await sql.end();
});

test("a database of another version is refused by name", async () => {
  await (await startReady()).kill();
  await writeFile(join(dataDir, "postgres", "data", "PG_VERSION"), "17\n");
  await expect(openEmbeddedPostgres({ dataDir, as: "server" })).rejects.toThrow(
    `the database in ${dataDir}/postgres was made by PostgreSQL 17; this installation runs 18`,
  );
  await writeFile(join(dataDir, "postgres", "data", "PG_VERSION"), "18\n");
});

test("a start that PostgreSQL itself refuses tells its reason and names the folder", async () => {
  await (await startReady()).kill();
  const control = join(dataDir, "postgres", "data", "global", "pg_control");
  const kept = await readFile(control);
  await writeFile(control, Buffer.alloc(kept.length));
  const refused = start();
  const [line] = await refused.waitFor(/StartupError: .*/);
  expect(line).toContain(`PostgreSQL does not start in ${dataDir}/postgres: `);
  await writeFile(control, kept);
});

test("a folder that cannot be made is refused by name", async () => {
  await writeFile(join(folder, "file"), "");
  dataDir = join(folder, "file", "data");
  await expect(openEmbeddedPostgres({ dataDir, as: "server" })).rejects.toThrow(
    `cannot make the folder ${dataDir} (ENOTDIR)`,
  );
});

test("a folder that is not ours to write is refused by name", async () => {
  await mkdir(dataDir);
  await chmod(dataDir, 0o555);
  const asNobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const refused = startNode(["--input-type=module", "-e", program, dataDir, "server"], {
    ...asNobody,
    cwd: "/",
  });
  children.push(refused);
  const [line] = await refused.waitFor(/StartupError: .*/);
  expect(line).toContain(`${dataDir}/postgres (EACCES)`);
  await chmod(dataDir, 0o755);
});

test.runIf(canBeRoot)("another user's database is refused by name", async () => {
  await (await startReady()).kill();
  await chmod(join(dataDir, "postgres"), 0o755);
  const refused = startNode(["--input-type=module", "-e", program, dataDir, "server"], {
    uid: 65_534,
    gid: 65_534,
    cwd: "/",
  });
  children.push(refused);
  const [line] = await refused.waitFor(/StartupError: .*/);
  expect(line).toMatch(/postgres belongs to user \d+, and this process runs as user 65534/);
  await chmod(join(dataDir, "postgres"), 0o700);
});

test.runIf(canBeRoot)(
  "root's folder that is closed to others gets its database elsewhere, by a link that stays",
  async () => {
    await chmod(folder, 0o700);
    const first = await startReady();
    const place = await readlink(join(dataDir, "postgres"));
    expect(place).toMatch(/^\/var\/lib\/luciole\/[0-9a-f]{12}-/);
    await query(first.url, "create table kept as select 7 as n");
    expect((await query(first.url, "select current_user as name"))[0]).toEqual({ name: "luciole" });
    await first.kill();
    await chmod(folder, 0o711);
    const second = await startReady();
    expect(await readlink(join(dataDir, "postgres"))).toBe(place);
    expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
    await second.kill();
    await rm(place, { recursive: true });
    await expect(openEmbeddedPostgres({ dataDir, as: "server" })).rejects.toThrow(
      `cannot open PostgreSQL's folder ${dataDir}/postgres (it links to a folder that is not there)`,
    );
    await rm(join(dataDir, "postgres"));
  },
);

test("a log that is a link, a second name of a file or a folder is refused by name, and what it leads to stays as it is", async () => {
  await (await startReady()).kill();
  const [log, other] = [join(dataDir, "postgres", "log"), join(folder, "other")];
  const content = "x".repeat(1_000_001); // more than a log that is kept
  await writeFile(other, content, { mode: 0o600 });
  for (const put of [() => symlink(other, log), () => link(other, log), () => mkdir(log)]) {
    await rm(log, { recursive: true });
    await put();
    await expect(openEmbeddedPostgres({ dataDir, as: "server" })).rejects.toThrow(
      `${dataDir}/postgres/log is a link or no file at all: remove it`,
    );
    expect(await readFile(other, "utf8")).toBe(content);
  }
  await rm(log, { recursive: true });
  await (await startReady()).kill();
});

test.runIf(canBeRoot)(
  "root writes into no file that PostgreSQL's user made postmaster.pid lead to",
  async () => {
    await (await startReady()).kill();
    const data = join(dataDir, "postgres", "data");
    const [pid, other] = [join(data, "postmaster.pid"), join(folder, "other")];
    const ended = startNode(["-e", ""]);
    await ended.kill();
    const content = `${ended.pid}\n/\n1\n1\n`;
    await writeFile(other, content, { mode: 0o600 });
    for (const put of [() => symlink(other, pid), () => link(other, pid), () => writeFile(pid, content)]) {
      await put();
      await expect(openEmbeddedPostgres({ dataDir, as: "server" })).rejects.toThrow(pid);
      expect([await readFile(other, "utf8"), await readFile(pid, "utf8")]).toEqual([content, content]);
      await rm(pid);
    }
  },
);
