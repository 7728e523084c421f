const signatures: readonly (readonly [type: string, offset: number, text: string])[] = [
  ["image/png", 0, "\x89PNG\r\n\x1A\n"],
  ["image/gif", 0, "GIF87a"],
  ["image/gif", 0, "GIF89a"],
  ["image/jpeg", 0, "\xFF\xD8\xFF"],
  ["image/webp", 8, "WEBP"],
  ["image/avif", 4, "ftypavif"],
  ["image/avif", 4, "ftypavis"],
];

/** The kinds of pictures that are shown. */
export const pictureTypes = [...new Set(signatures.map(([type]) => type))];

/**
 * What kind of picture some bytes are, by how they begin, whatever anybody says they are. Null for everything that is
 * not shown: SVG can hold scripts.
 */
export function pictureType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  return signatures.find(([, offset, text]) => head.startsWith(text, offset))?.[0] ?? null;
}
