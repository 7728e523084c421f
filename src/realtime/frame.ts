import type { ServerFrame } from "#protocol/socket.ts";

/** FIN, and the opcode of a text (RFC 6455, 5.2). */
const TEXT = 0x81;
/** Longest payloads whose length stands in the second byte, and in two bytes after it. */
const [SHORT, MEDIUM] = [125, 0xffff];

/**
 * Makes a frame as it goes over the wire, head and all: once per event, however many sockets get it. A server's frames
 * are not masked, so all sockets get the same bytes.
 */
export function encodeFrame(frame: ServerFrame): Uint8Array {
  const text = JSON.stringify(frame);
  const length = Buffer.byteLength(text);
  const head = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10;
  const bytes = Buffer.allocUnsafe(head + length);
  bytes[0] = TEXT;
  bytes[1] = length <= SHORT ? length : length <= MEDIUM ? 126 : 127;
  if (head === 4) bytes.writeUInt16BE(length, 2);
  if (head === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
  bytes.write(text, head);
  return bytes;
}
