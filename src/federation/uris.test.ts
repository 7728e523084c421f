import { describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import {
  actorUri,
  activityUri,
  isOurs,
  isSameOrigin,
  parseLocalUri,
  uriOfConversation,
  uriOfMessage,
} from "./uris.ts";

const origin = "https://a.example:8443";

describe("our own addresses", () => {
  test("are read back as what they were made of", () => {
    const id = newId<never>();
    expect(parseLocalUri(origin, actorUri(origin, id))).toEqual({ kind: "actor", id });
    expect(parseLocalUri(origin, uriOfMessage(origin, { id, uri: null }))).toEqual({ kind: "message", id });
    expect(parseLocalUri(origin, uriOfConversation(origin, { id, uri: null }))).toEqual({
      kind: "conversation",
      id,
    });
    expect(parseLocalUri(origin, activityUri(origin, id))).toEqual({ kind: "activity", id });
  });

  const id = "0192f7a4-7c1e-7d51-9a55-3f6f0a0c1b2d";
  test.each([
    `https://a.example:8443/users/${id}/`,
    `https://a.example:8443/users/${id}?x`,
    `https://a.example:8443/users/${id}#main-key`,
    `https://a.example:8443/users/${id.toUpperCase()}`,
    `https://a.example:8443//users/${id}`,
    `https://a.example:8443/users/%30${id.slice(1)}`,
    `https://a.example:8443/users/../m/${id}`,
    `https://A.example:8443/users/${id}`,
    `https://a.example:8443.evil.example/users/${id}`,
    `https://a.example:8443@evil.example/users/${id}`,
    `http://a.example:8443/users/${id}`,
    `https://a.example/users/${id}`,
    `https://a.example:8443/constructor/${id}`,
    `https://a.example:8443/users/ann`,
    `https://a.example:8443`,
    "",
  ])("have one exact form: %s is not one", (uri) => {
    expect(parseLocalUri(origin, uri)).toBeNull();
  });

  test("are known as ours in other spellings, so that nobody else can use them", () => {
    for (const uri of ["http://A.EXAMPLE:8443/x", "https://a.example.:8443/x", "https://u@a.example:8443/"])
      expect(isOurs(origin, uri)).toBe(true);
    for (const uri of ["https://a.example/", "https://b.example:8443/", "a.example", ""])
      expect(isOurs(origin, uri)).toBe(false);
  });
});

test("two addresses have the same origin only as http(s) addresses without a user", () => {
  expect(isSameOrigin("https://b.example/x", "https://B.example:443/y#z")).toBe(true);
  for (const other of [
    "http://b.example/x",
    "https://b.example:444/x",
    "https://c.example/x",
    "https://u:p@b.example/x",
    "//b.example/x",
    "/x",
    "",
  ])
    expect(isSameOrigin("https://b.example/x", other)).toBe(false);
  expect(isSameOrigin("data:,x", "data:,x")).toBe(false);
});
