import { describe, expect, test } from "vitest";
import { EgressError } from "#lib/egress-error.ts";
import { outcomeOf, outcomeOfError } from "./outcomes.ts";
import { VersionGone } from "./translate/note-out.ts";

const now = new Date("2026-11-22T08:00:00Z");
const answer = (status: number, retryAfter?: string, body = "") =>
  outcomeOf(
    {
      status,
      headers: new Headers(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
      body: Buffer.from(body),
    },
    now,
  );

describe("an answer", () => {
  test.each([200, 201, 202, 204])("of %i means that the message was taken", (status) => {
    expect(answer(status)).toEqual({ state: "accepted" });
  });

  test.each([400, 401, 403, 404, 405, 410, 413, 422, 451])("of %i refuses the message for good", (status) => {
    expect(answer(status)).toEqual({ state: "refused", reason: `http_${status}` });
  });

  test.each([
    [403, '{"error":"stale_epoch"}', "stale_epoch"],
    [403, '{"error":"blocked"}', "http_403"],
    [403, '{"error":["stale_epoch"]}', "http_403"],
    [403, "stale_epoch", "http_403"],
    [403, "null", "http_403"],
    [400, '{"error":"stale_epoch"}', "http_400"],
  ])("of %i that says %s is refused because of %s", (status, body, reason) => {
    expect(answer(status, undefined, body)).toEqual({ state: "refused", reason });
  });

  test.each([301, 302, 307, 408, 421, 425, 429, 500, 501, 502, 503, 504, 520])(
    "of %i may differ later",
    (status) => {
      expect(answer(status)).toMatchObject({ state: "retry", reason: `http_${status}` });
    },
  );

  test.each([
    ["120", "2026-11-22T08:02:00Z"],
    ["Sun, 22 Nov 2026 08:05:00 GMT", "2026-11-22T08:05:00Z"],
    ["999999999", "2026-11-23T08:00:00Z"],
  ])("that asks to wait (%s) is heeded, for a day at most", (value, until) => {
    expect(answer(503, value)).toEqual({
      state: "retry",
      reason: "http_503",
      silent: true,
      notBefore: new Date(until),
    });
  });

  test.each(["0", "-5", "soon", "Sun, 22 Nov 2026 07:00:00 GMT"])(
    "that asks for no time to come (%s) asks nothing",
    (value) => {
      expect(answer(429, value)).toEqual({ state: "retry", reason: "http_429" });
    },
  );
});

describe("a failure", () => {
  test("of the network is tried again, an address that is never asked is not", () => {
    expect(outcomeOfError(new EgressError("timeout", "b.example"), {})).toEqual({
      state: "retry",
      reason: "timeout",
      silent: true,
    });
    expect(outcomeOfError(new EgressError("address_refused", "b.example"), {})?.state).toBe("retry");
    expect(outcomeOfError(new EgressError("url_refused", "b.example"), {})?.state).toBe("refused");
  });

  test("because this server stops says nothing about the message", () => {
    expect(outcomeOfError(new EgressError("closed", "b.example"), {})).toBeNull();
  });

  test("because the version was deleted ends the delivery", () => {
    expect(outcomeOfError(new VersionGone(), {})).toEqual({ state: "refused", reason: "deleted" });
  });

  test("of our own keeps the message waiting where it can be seen", () => {
    expect(outcomeOfError(new TypeError("x is undefined"), {})).toEqual({
      state: "retry",
      reason: "internal_error",
    });
  });
});

test("only a server that does not answer is silent, not one that cannot stomach a message", () => {
  const silent = (outcome: ReturnType<typeof outcomeOfError>) =>
    outcome?.state === "retry" && outcome.silent === true;
  expect(silent(outcomeOfError(new EgressError("network", "b.example"), {}))).toBe(true);
  expect(silent(outcomeOfError(new EgressError("too_large", "b.example"), {}))).toBe(false);
  expect(silent(outcomeOfError(new Error("ours"), {}))).toBe(false);
  for (const status of [500, 502, 429])
    expect(silent(outcomeOf({ status, headers: new Headers(), body: new Uint8Array() }, new Date()))).toBe(
      false,
    );
});
