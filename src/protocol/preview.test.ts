import { expect, test } from "vitest";
import { previewOf } from "./preview.ts";
import type { Message } from "./types.ts";
import { messageOf } from "../../test/helpers/message.ts";

const body = { text: "x".repeat(5_000), html: `<p>${"x".repeat(5_000)}</p>` };
const message = messageOf({ id: "m", authorId: "ann", position: 1, body });

test("a preview is short and without HTML, and of what has no text it is the thing itself", () => {
  expect(previewOf(message).body).toEqual({ text: "x".repeat(200) });
  const opaque: Message = { ...message, body: { opaque: "AA==", mediaType: "message/mls" } };
  expect(previewOf(opaque)).toEqual(opaque);
  const deleted: Message = { ...message, body: null };
  expect(previewOf(deleted)).toEqual(deleted);
});

test("a preview has no markers, unless they stand in a text that was never Markdown", () => {
  const text = "**see** `this`, 2*3*4";
  expect(previewOf({ ...message, body: { text } }).body).toEqual({ text: "see this, 234" });
  expect(previewOf({ ...message, body: { text, html: "<p>…</p>" } }).body).toEqual({ text });
  const long = `**${"x".repeat(5_000)}**`;
  expect(previewOf({ ...message, body: { text: long } }).body).toEqual({ text: long.slice(0, 200) });
});
