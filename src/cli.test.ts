import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../test/helpers/database.ts";
import { type CommandOptions, type CommandResult, runCommand } from "../test/helpers/command.ts";
import { makeFolder } from "../test/helpers/folder.ts";
import type { TestDatabase } from "../test/helpers/template.ts";

let dataDir: string;
let database: TestDatabase;

beforeAll(async () => {
  dataDir = await makeFolder();
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

function cli(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runCommand(args, {
    ...options,
    env: { DATA_DIR: dataDir, DATABASE_URL: database.url, ...options.env },
  });
}

const withPassword = { env: { LUCIOLE_PASSWORD: "correct horse battery" } };

test("the index of words is emptied on request", async () => {
  expect(await cli(["search-rebuild"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("index is empty"),
  });
});

test("an account is made with the password from the environment or from stdin, and listed", async () => {
  expect(await cli(["user", "create", "ana", "--role", "admin"], withPassword)).toMatchObject({
    code: 0,
    stdout: "@ana@localhost:3000 can sign in now (admin).\n",
  });
  expect((await cli(["user", "create", "@Bo"], { input: "correct horse battery\n" })).code).toBe(0);
  expect((await cli(["user", "list"])).stdout).toMatch(
    /^ana {5}admin {3}\d{4}-\d\d-\d\d\nbo {6}member {2}\d{4}-\d\d-\d\d\n$/,
  );
});

test("what is wrong is one line on stderr that names the field, with exit code 1", async () => {
  const cases: [string[], CommandOptions, RegExp][] = [
    [["user", "create", "ana"], withPassword, /^error: handle is taken on this server\n$/],
    [["user", "create", "a b"], withPassword, /^error: handle must be at most 30 letters/],
    [
      ["user", "create", "root"],
      withPassword,
      /^error: handle could be taken for a name of the server itself, or of who runs it\n$/,
    ],
    [["user", "create", "cleo"], { input: "short\n" }, /^error: password must have at least 8 characters\n$/],
    [
      ["user", "create", "cleo", "--role", "king"],
      withPassword,
      /'--role <role>' argument 'king' is invalid/,
    ],
    [["user", "create"], {}, /missing required argument 'handle'/],
    [["token", "create", "nobody"], {}, /^error: handle is not known on this server\n$/],
    [["token", "revoke", "luc_nothing"], {}, /^error: token is not known on this server\n$/],
    [["user", "list"], { env: { PORT: "x" } }, /^error: PORT must be a whole number/],
    [
      ["user", "list"],
      { env: { DATABASE_URL: "postgres://u:CANARY@127.0.0.1:1/x" } },
      /^error: cannot open the database/,
    ],
  ];
  for (const [args, options, expected] of cases) {
    const result = await cli(args, options);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.output).toMatch(expected);
    expect(result.output).not.toContain("CANARY");
  }
});

test("a token is all that its command prints, and is worth nothing once revoked", async () => {
  const { stdout } = await cli(["token", "create", "ana", "--name", "a bot"]);
  expect(stdout).toMatch(/^[\w-]{40,}\n$/);
  expect((await cli(["token", "revoke", stdout.trim()])).code).toBe(0);
  expect(await cli(["token", "revoke", "-"], { input: stdout })).toMatchObject({ code: 1, stdout: "" });
});

test("what is decided about other servers is listed, replaced and taken back", async () => {
  expect(await cli(["server", "list"])).toMatchObject({ code: 0, stdout: "" });
  expect(await cli(["server", "suspend", "Bad.Example", "--note", "floods"])).toMatchObject({
    code: 0,
    stdout: "bad.example: suspend\n",
  });
  expect((await cli(["server", "silence", "loud.example"])).code).toBe(0);
  expect((await cli(["server", "list"])).stdout).toMatch(
    /^bad\.example {3}suspend {7}\d{4}-\d\d-\d\d {2}floods\nloud\.example {2}silence {7}\d{4}-\d\d-\d\d\n$/,
  );
  expect((await cli(["server", "forget", "bad.example"])).code).toBe(0);
  expect((await cli(["server", "list"])).stdout).not.toContain("bad.example");
  const wrong = await cli(["server", "forget", "bad.example"]);
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.output).toMatch(/^error: host is not known on this server\n$/);
  expect((await cli(["server", "suspend", "a/b"])).output).toMatch(
    /^error: host must be the name of a server/,
  );
});

test("without a server it starts the embedded PostgreSQL for the moment, and keeps what it wrote", async () => {
  const env = { DATABASE_URL: "", DATA_DIR: join(dataDir, "own") };
  const made = await cli(["user", "create", "dee"], { env: { ...env, ...withPassword.env } });
  expect(made.code).toBe(0);
  await expect(stat(join(dataDir, "own/postgres/data/postmaster.pid"))).rejects.toThrow("ENOENT");
  const lists = await Promise.all([cli(["user", "list"], { env }), cli(["user", "list"], { env })]);
  for (const { stdout } of lists) expect(stdout).toContain("dee");
  await expect(stat(join(dataDir, "own/postgres/data/postmaster.pid"))).rejects.toThrow("ENOENT");
});

test("roles, networks and people are decided about, and what was done is listed", async () => {
  await cli(["user", "create", "odile", "--role", "owner"], withPassword);
  await cli(["user", "create", "pia"], withPassword);
  expect((await cli(["user", "role", "pia", "moderator"])).stdout).toBe("@pia: moderator\n");
  expect((await cli(["user", "role", "odile", "member"])).output).toContain("last owner");
  await cli(["token", "create", "pia", "--name", "bot of pia"]);
  const listed = (await cli(["user", "sessions", "pia"])).stdout;
  expect(listed).toContain("bot of pia");
  const end = () => cli(["user", "end-session", "pia", listed.split(" ")[0] ?? ""]);
  expect([(await end()).code, (await end()).code]).toEqual([0, 1]);
  expect((await cli(["user", "suspend", "@Pia"])).stdout).toBe("@pia is shut out.\n");
  expect((await cli(["user", "restore", "pia"])).stdout).toBe("@pia can sign in again.\n");
  expect((await cli(["user", "suspend", "nobody"])).output).toContain("handle is not known");
  expect((await cli(["role", "set", "bot", "write", "begin"])).stdout).toBe("bot: write begin\n");
  expect((await cli(["role", "list"])).stdout).toMatch(/^bot {8}write begin$/m);
  const made = (await cli(["ip", "deny", "192.0.2.9/24", "--door", "api", "--note", "storm"])).stdout;
  expect(made).toContain("deny   192.0.2.0/24  api  for good  storm");
  expect((await cli(["ip", "list"])).stdout).toBe(made);
  expect((await cli(["ip", "remove", made.split(" ")[0] ?? ""])).code).toBe(0);
  expect((await cli(["ip", "deny", "10/8"])).output).toContain("network must be an address or a network");
  const { stdout } = await cli(["audit", "--person", "pia", "--limit", "9"]);
  expect(stdout.match(/person\.restored|person\.suspended|role\.given/g)).toEqual([
    "person.restored",
    "person.suspended",
    "role.given",
  ]);
});
