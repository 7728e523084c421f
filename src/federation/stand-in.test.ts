import { expect, test } from "vitest";
import { standInFor } from "./stand-in.ts";

test.each([
  ["what the message calls them", "https://c.example/u/7", "@cy@c.example", "cy"],
  ["the name alone", "https://c.example/u/7", "@cy", "cy"],
  ["the host in other letters", "https://c.example:8443/u/7", "cy@C.example:8443", "cy"],
  ["no name of another server", "https://c.example/u/cyril", "@admin@bank.example", "cyril"],
  ["nobody mentioned", "https://c.example/@cyril/", undefined, "cyril"],
  ["a name that deceives", "https://c.example/u/7", "@cy\u202e", "7"],
  ["a name like an address", "https://c.example/u/7", "@a@b@c.example", "7"],
  ["nothing that could be a name", "https://c.example/%20", "@", "unknown"],
  ["no path", "https://c.example/", undefined, "unknown"],
])("a stand-in's name: %s", (_what, uri, mention, handle) => {
  expect(standInFor(uri, mention)).toEqual({ uri, handle, host: new URL(uri).host });
});
