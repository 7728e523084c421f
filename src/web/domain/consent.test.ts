import { expect, test } from "vitest";
import { codeOf, requestOf } from "./consent.ts";

test("what an app asks for is read as it was written, and nothing that stands twice", () => {
  const redirect = "https://app.example/back?x=1&y=%20";
  const query = new URLSearchParams({ client_id: "a+b", redirect_uri: redirect, force_login: "true" });
  expect(requestOf(`?${query}`)).toEqual({ client_id: "a+b", redirect_uri: redirect });
  expect(requestOf("?client_id=a&client_id=b")).toBeNull();
  expect(requestOf("?scope=read+write&scope=read")).toBeNull();
  expect(requestOf("")).toEqual({});
});

test("only a code of the server is shown as one", () => {
  const code = `luc_${"a".repeat(43)}`;
  expect(codeOf(`?code=${code}`)).toBe(code);
  for (const other of ["", "?code=", "?code=Call+this+number", `?code=${code}x`, `?code=x${code}`]) {
    expect(codeOf(other)).toBeNull();
  }
});
