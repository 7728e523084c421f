import { expect, test } from "vitest";
import { isRedirectUri } from "./redirect.ts";

test("codes are never sent to this server itself, however its name is written", () => {
  for (const name of ["a.example", "A.EXAMPLE", "a.example.", "a.example..", "a.example.:443"])
    expect([name, isRedirectUri(`https://${name}/back`, "a.example")]).toEqual([name, false]);
  expect(isRedirectUri("https://a.example.:8443/back", "a.example:8443")).toBe(false);
  for (const name of ["other.example.", "a.example.other.example", "a.example.:8443"])
    expect([name, isRedirectUri(`https://${name}/back`, "a.example")]).toEqual([name, true]);
});
