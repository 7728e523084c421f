/** What GIF and JPEG files carry where they say when, where and by what a picture was taken. */
const markers = [
  "Exif\0\0",
  "http://ns.adobe.com/xap/1.0/",
  "http://ns.adobe.com/xmp/extension/",
  "XMP DataXMP",
];
/** PNG (third edition, 11.3.4 and 11.3.5), where texts tell what they are by a keyword at their beginning. */
const pngChunks = ["eXIf"];
const pngTexts = ["iTXt", "tEXt", "zTXt"];
const pngKeywords = /^(?:XML:com\.adobe\.xmp|Raw profile type (?:exif|APP1|xmp|iptc))\0/i;
/** RFC 9649, 2.7. */
const webpChunks = ["EXIF", "XMP "];
/** Items of a HEIF file (ISO/IEC 14496-12, 8.11.6): an entry of one type, or of a media type. */
const heifItem = /infe.{8,10}Exif|application\/rdf\+xml/s;

/** Whether a picture says more than what it shows (Exif, XMP): that may be a place, a device or a name. */
export function hasMetadata(bytes: Uint8Array, mediaType: string): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mediaType === "image/png") return pngTells(file);
  if (mediaType === "image/webp") return webpTells(file);
  if (mediaType === "image/avif") return heifItem.test(file.toString("latin1"));
  return markers.some((marker) => file.includes(marker, 0, "latin1"));
}

/** Chunks: length, type, contents, checksum. */
function pngTells(file: Buffer): boolean {
  for (let at = 8; at + 8 <= file.length; at += file.readUInt32BE(at) + 12) {
    const type = file.toString("latin1", at + 4, at + 8);
    if (pngChunks.includes(type)) return true;
    if (pngTexts.includes(type) && pngKeywords.test(file.toString("latin1", at + 8, at + 88))) return true;
  }
  return false;
}

/** Chunks: type, length, contents, padded to an even length. */
function webpTells(file: Buffer): boolean {
  for (let at = 12; at + 8 <= file.length;) {
    if (webpChunks.includes(file.toString("latin1", at, at + 4))) return true;
    const length = file.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return false;
}
