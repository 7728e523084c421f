import { GuardRefusal } from "./inbox-guard-refusal.ts";

/** Reads a body up to a limit, whatever its Content-Length said; 413 beyond it, 400 if it breaks off. */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await nextChunk(reader);
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) throw new GuardRefusal(413, "too_large");
    chunks.push(value);
  }
}

async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (error) {
    throw new GuardRefusal(400, "body_incomplete", { cause: error });
  }
}
