import { expect, test } from "vitest";
import { hasMetadata } from "./picture-metadata.ts";

const latin = (text: string) => Buffer.from(text, "latin1");

function png(...chunks: readonly [type: string, contents: string][]): Buffer {
  const parts = chunks.map(([type, contents]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(contents.length);
    return Buffer.concat([length, latin(type + contents), Buffer.alloc(4)]);
  });
  return Buffer.concat([latin("\x89PNG\r\n\x1A\n"), ...parts]);
}

function webp(...chunks: readonly [type: string, contents: string][]): Buffer {
  const parts = chunks.map(([type, contents]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(contents.length);
    return Buffer.concat([latin(type), length, latin(contents), Buffer.alloc(contents.length % 2)]);
  });
  return Buffer.concat([latin("RIFF\0\0\0\0WEBP"), ...parts]);
}

const jpeg = (contents: string) => latin(`\xFF\xD8\xFF\xE1\0\x20${contents}\xFF\xDA\0\0`);
const head: [string, string] = ["IHDR", "x".repeat(13)];

test.each([
  ["image/jpeg", jpeg("Exif\0\0MM\0*")],
  ["image/jpeg", jpeg("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>")],
  ["image/png", png(head, ["eXIf", "MM\0*"])],
  ["image/png", png(head, ["iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>"])],
  ["image/png", png(head, ["zTXt", "Raw profile type exif\0\0x"])],
  ["image/webp", webp(["VP8X", "x".repeat(10)], ["VP8 ", "odd"], ["EXIF", "MM\0*"])],
  ["image/webp", webp(["VP8X", "x".repeat(10)], ["XMP ", "<x:xmpmeta>"])],
  ["image/avif", latin("\0\0\0\x1cftypavif\0\0\0\x15infe\x02\0\0\0\0\x02\0\0Exif\0")],
  ["image/gif", latin("GIF89a!\xFF\x0BXMP DataXMP<x:xmpmeta>")],
])("a picture in %s that says when and where it was taken is found out", (mediaType, file) => {
  expect(hasMetadata(file, mediaType)).toBe(true);
});

test.each([
  ["image/jpeg", jpeg("JFIF\0")],
  ["image/png", png(head, ["iTXt", "Title\0\0\0\0\0a eXIf"], ["IDAT", "eXIfEXIFXMP "])],
  ["image/webp", webp(["VP8 ", "EXIFXMP "])],
  ["image/avif", latin("\0\0\0\x1cftypavif\0\0\0\x15infe\x02\0\0\0\0\x01\0\0av01\0")],
  ["image/gif", latin("GIF89a")],
  ["image/png", png(head).subarray(0, 20)],
  ["image/png", Buffer.concat([png(head), latin("\xFF\xFF\xFF\xFFIDAT")])],
])("a picture in %s that shows and says nothing else passes, cut off or not", (mediaType, file) => {
  expect(hasMetadata(file, mediaType)).toBe(false);
});
