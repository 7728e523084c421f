import { expect, test } from "vitest";
import type { Notice } from "#lib/notice.ts";
import { messageOf } from "../../../test/helpers/message.ts";
import { digest, isNotice, type NoticeMessage } from "./notice.ts";

function happened(type: Notice["type"], authorId: string, personIds: string[] = []): NoticeMessage {
  return { ...messageOf({ id: `${type} ${authorId}`, authorId, position: 1 }), notice: { type, personIds } };
}

test("of a run of lines, who came and who went are put together, each once", () => {
  const notices = [
    happened("joined", "ann"),
    happened("title", "ann"),
    happened("joined", "bo"),
    happened("left", "ann"),
    happened("joined", "cy", ["dan", "eve"]),
    happened("joined", "bo"),
  ];
  expect(digest(notices)).toEqual({
    crowds: [
      { type: "joined", personIds: ["ann", "bo", "dan", "eve"] },
      { type: "left", personIds: ["ann"] },
    ],
    others: [notices[1]],
  });
});

test("a message is no line of this kind", () => {
  expect(isNotice(messageOf({ id: "m", authorId: "bo", position: 1 }))).toBe(false);
});
