import { expect, test } from "vitest";
import { standInFor } from "./stand-in.ts";

test.each([
  {
    from: "what the message calls them",
    uri: "https://c.example/u/7",
    mention: "@cy@c.example",
    handle: "cy",
  },
  { from: "the name alone", uri: "https://c.example/u/7", mention: "@cy", handle: "cy" },
  {
    from: "any letters of the host",
    uri: "https://c.example:84/u/7",
    mention: "cy@C.example:84",
    handle: "cy",
  },
  {
    from: "no other server",
    uri: "https://c.example/u/cyril",
    mention: "@admin@bank.example",
    handle: "cyril",
  },
  { from: "no mention", uri: "https://c.example/@cyril/", mention: undefined, handle: "cyril" },
  { from: "no deceiving name", uri: "https://c.example/u/7", mention: "@cy\u202e", handle: "7" },
  { from: "nothing like an address", uri: "https://c.example/u/7", mention: "@a@b@c.example", handle: "7" },
  { from: "nothing at all", uri: "https://c.example/%20", mention: "@", handle: "unknown" },
  { from: "no path", uri: "https://c.example/", mention: undefined, handle: "unknown" },
])("a stand-in's name comes from $from", ({ uri, mention, handle }) => {
  expect(standInFor(uri, mention)).toEqual({ uri, handle, host: new URL(uri).host });
});
