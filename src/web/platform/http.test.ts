import { afterEach, expect, test, vi } from "vitest";
import { http, TooManyTries, Unreachable } from "./http.ts";

afterEach(() => void vi.unstubAllGlobals());

/** What a request throws where the server answers so. */
function failure(status: number, headers: Record<string, string> = {}, body = "{}"): Promise<unknown> {
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers }));
  return http({ method: "GET", path: "/" }).catch((error: unknown) => error);
}

test("too many tries are told with the seconds to wait, and pass by themselves", async () => {
  const error = await failure(429, { "Retry-After": "42" });
  expect(error).toBeInstanceOf(TooManyTries);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ seconds: 42, retryAfter: 42_000 });
});

test("a limit that concerns one conversation is a refusal, and holds up nothing else", async () => {
  const body = JSON.stringify({ error: "request_pending_limit", message: "" });
  const error = await failure(429, { "Retry-After": "42" }, body);
  expect(error).toMatchObject({ name: "ApiFailure", code: "request_pending_limit" });
});

test("a server in trouble is one that cannot be reached now", async () => {
  const error = await failure(503, { "Retry-After": "5" });
  expect(error).not.toBeInstanceOf(TooManyTries);
  expect(error).toMatchObject({ name: "Unreachable", retryAfter: 5_000 });
  expect(await failure(500)).toMatchObject({ name: "Unreachable", retryAfter: null });
});
