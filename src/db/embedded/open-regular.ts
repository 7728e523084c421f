import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { StartupError, systemReason } from "#lib/startup-error.ts";

/** Windows has neither, and undefined sets no bit. */
const { O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a file in a folder of PostgreSQL's. Root does that too, and the folder belongs to an unprivileged user: whatever
 * that one may have put there, only a file of a single name is opened, and no link to one. Throws `StartupError`.
 */
export async function openRegular(path: string, flags: number): Promise<FileHandle> {
  const refusal = `${path} is a link or no file at all: remove it`;
  const file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600).catch((error: unknown) => {
    const reason = systemReason(error);
    const isOther = /^(ELOOP|EMLINK|EISDIR|ENXIO)$/.test(reason);
    throw new StartupError(isOther ? refusal : `cannot open ${path} (${reason})`, { cause: error });
  });
  const found = await file.stat();
  if (found.isFile() && found.nlink === 1) return file;
  await file.close();
  throw new StartupError(refusal);
}
