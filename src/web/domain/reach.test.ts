import { expect, test } from "vitest";
import type { ServerReach } from "#protocol/deliveries.ts";
import { Unreachable } from "../platform/http.ts";
import { Reaches, warningsOf } from "./reach.ts";

const server = (host: string, known: Partial<ServerReach> = {}): ServerReach => ({
  host,
  software: "luciole",
  version: "1.0.0",
  verdict: "ok",
  reason: null,
  notAnsweringSince: null,
  ...known,
});

test("servers that take everything and answer are not spoken of", () => {
  expect(warningsOf([server("a"), server("b", { verdict: "unknown", reason: "not_asked" })])).toEqual([]);
});

test("the gravest warning stands first, and each server has one", () => {
  const since = "2026-03-01T10:00:00.000Z";
  const warnings = warningsOf([
    server("limits", { reason: "lemmy_text_limit" }),
    server("silent", { notAnsweringSince: since, reason: "lemmy_text_limit" }),
    server("cannot", { verdict: "cannot", reason: "no_private_messages", notAnsweringSince: since }),
  ]);
  expect(warnings).toEqual([
    { host: "cannot", kind: "cannot", reason: "no_private_messages", since: null },
    { host: "silent", kind: "silent", reason: null, since },
    { host: "limits", kind: "about", reason: "lemmy_text_limit", since: null },
  ]);
});

test("a conversation is asked about once in a while, and again at once after a failure", async () => {
  let [asked, now, down] = [0, 0, true];
  const reach = async () => {
    asked += 1;
    if (down) throw new Unreachable("down");
    return { servers: [server("a")] };
  };
  const reaches = new Reaches({ api: { reach }, now: () => now });
  await reaches.look("c");
  expect(reaches.of("c")).toEqual([]);
  down = false;
  await reaches.look("c");
  await reaches.look("c");
  expect([asked, reaches.of("c").length]).toEqual([2, 1]);
  now += 6 * 60_000;
  await reaches.look("c");
  expect([asked, reaches.isSilent("c")]).toEqual([3, false]);
  reaches.stop();
  expect(reaches.of("c")).toEqual([]);
});
