import { root } from "./api.ts";
import { open } from "./http.ts";
import type { Session } from "./session.ts";

export type ExportFormat = "json" | "html" | "text";

/** Asks for all of a conversation, as a file that is written while it travels. */
export function openExport(
  session: Pick<Session, "bearing">,
  { id, format }: { id: string; format: ExportFormat },
): Promise<Response> {
  const path = `${root}/conversations/${id}/export?format=${format}`;
  return session.bearing((token) => open({ method: "GET", path, token }));
}

/** Reads an answer to its end, and tells on the way how many bytes have come. */
export async function readBlob(answer: Response, onBytes: (count: number) => void): Promise<Blob> {
  const type = answer.headers.get("content-type") ?? "application/octet-stream";
  const reader = answer.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return new Blob(parts, { type });
    parts.push(part.value);
    count += part.value.length;
    onBytes(count);
  }
}

/** Has the browser keep a file where it keeps what was downloaded. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
