import { expect, test } from "vitest";
import { joinLinkUrl, parseJoinLink } from "./join-link.ts";

const code = "AAAAAAAAAAAAAAAAAAAA-_";

test("a link into a group is read as it is written, whatever follows its path", () => {
  const link = { origin: "https://a.example:8443", code };
  expect(parseJoinLink(joinLinkUrl(link))).toEqual(link);
  expect(parseJoinLink(` https://A.example:8443/join/${code}?x=1#y\n`)).toEqual(link);
});

test.each([
  "",
  "@bo@b.example",
  "javascript:alert(1)",
  `ftp://a.example/join/${code}`,
  `https://bo:secret@a.example/join/${code}`,
  `https://a.example/join/${code}/more`,
  `https://a.example/join/${code}x`,
  `https://a.example/x/join/${code}`,
  "https://a.example/join/short",
])("%j is no such link", (text) => {
  expect(parseJoinLink(text)).toBeNull();
});
