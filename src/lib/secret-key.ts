import { randomBytes } from "node:crypto";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
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

/**
 * Gives the key kept in `<dataDir>/secret.key`, which is made at the first call (mode 0600, 32 random bytes as base64url).
 * Throws `StartupError` naming the file when it cannot be read, written or understood.
 */
export async function keepSecretKey(dataDir: string): Promise<Uint8Array> {
  const file = join(dataDir, "secret.key");
  return (await readKey(file)) ?? (await makeKey(file));
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (systemReason(error) === "ENOENT") return undefined;
    throw new StartupError(`cannot read ${file} (${systemReason(error)})`, { cause: error });
  });
  if (text === undefined) return undefined;
  const key = parseSecretKey(text.trim());
  if (key === undefined) throw new StartupError(`${file} does not hold a key of ${secretKeyBytes} bytes`);
  return key;
}

async function makeKey(file: string): Promise<Uint8Array> {
  const key = randomBytes(secretKeyBytes);
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, `${key.toString("base64url")}\n`, { mode: 0o600, flag: "wx", flush: true });
    // A link fails where the name is taken: of two first starts one makes the key, and it is never half written.
    await link(draft, file);
    return key;
  } catch (error) {
    const other = await readKey(file);
    if (other !== undefined) return other;
    throw new StartupError(`cannot write ${file} (${systemReason(error)})`, { cause: error });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
