import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Context } from "#domain/context.ts";
import type { PersonId } from "#lib/ids.ts";
import { presentArchive, type ArchivedFile } from "#present/archive.ts";

/** All that is somebody's, as one ZIP archive, read and packed piece by piece; zlib packs beside the event loop. */
export async function* makeArchive(ctx: Context, personId: PersonId): AsyncGenerator<Uint8Array, void> {
  const zip = new ZipFile();
  const packed = zip.outputStream as Readable;
  fill(zip, presentArchive(ctx, personId)).catch((error: unknown) => packed.destroy(error as Error));
  for await (const piece of packed) yield piece as Uint8Array;
}

/** One file after the other: the next is not begun before the last was read. */
async function fill(zip: ZipFile, files: AsyncIterable<ArchivedFile>): Promise<void> {
  for await (const { path, content } of files) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    zip.once("error", reject);
    zip.addReadStreamLazy(path, (give) => {
      const stream = Readable.from(content);
      stream.once("end", resolve).once("error", reject);
      give(null, stream);
    });
    await promise;
    zip.off("error", reject);
  }
  zip.end();
}
