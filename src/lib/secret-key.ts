import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { secretKeyBytes } from "./secret-box.ts";
import { StartupError, systemReason } from "./startup-error.ts";

/** Reads a key written as 64 hexadecimal digits or as base64 (either alphabet); undefined when it is not 32 bytes. */
export function parseSecretKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (!/^[\w+/-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, "base64url");
  return key.length === secretKeyBytes ? key : undefined;
}

/** Where a data folder keeps its key. */
export function secretKeyFile(dataDir: string): string {
  return join(dataDir, "secret.key");
}

/** Reads the key of a data folder; undefined when there is none. Throws `StartupError` naming a file that is no key. */
export async function readSecretKey(dataDir: string): Promise<Uint8Array | undefined> {
  const file = secretKeyFile(dataDir);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (systemReason(error) === "ENOENT") return undefined;
    throw new StartupError(`cannot read ${file} (${systemReason(error)})`, { cause: error });
  });
  if (text === undefined) return undefined;
  const key = parseSecretKey(text.trim());
  if (key === undefined) throw new StartupError(`${file} does not hold a key of ${secretKeyBytes} bytes`);
  return key;
}

/** Makes the key of a data folder (random, mode 0600), unless another process was faster; answers the one that is kept. */
export async function makeSecretKey(dataDir: string): Promise<Uint8Array> {
  const file = secretKeyFile(dataDir);
  const draft = `${file}.${process.pid}`;
  const key = randomBytes(secretKeyBytes);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${key.toString("base64url")}\n`, { mode: 0o600, flush: true });
    // A link fails where the name is taken, and the name never stands for half a key.
    await link(draft, file);
    return key;
  } catch (error) {
    const other = await readSecretKey(dataDir);
    if (other !== undefined) return other;
    throw new StartupError(`cannot write ${file} (${systemReason(error)})`, { cause: error });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
