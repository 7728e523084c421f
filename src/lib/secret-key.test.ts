import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeSecretKey, readSecretKey } from "./secret-key.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "luciole-key-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a key is made once, in a file for its owner alone, and read again", async () => {
  expect(await readSecretKey(folder)).toBeUndefined();
  const key = await makeSecretKey(folder);
  expect(key).toHaveLength(32);
  expect(await readSecretKey(folder)).toEqual(key);
  expect(await makeSecretKey(folder)).toEqual(key);
  expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["secret.key"]);
});

test("a file that holds no key is refused by name and not overwritten", async () => {
  await writeFile(join(folder, "secret.key"), "half a ke");
  await expect(readSecretKey(folder)).rejects.toThrow(join(folder, "secret.key"));
  await expect(makeSecretKey(folder)).rejects.toThrow("does not hold a key");
});

test("a folder that cannot be made is refused by name", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(makeSecretKey(join(folder, "file"))).rejects.toThrow(
    `cannot read ${folder}/file/secret.key (ENOTDIR)`,
  );
});
