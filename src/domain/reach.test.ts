import { expect, test } from "vitest";
import { canTake, isBefore, judgeReach } from "./reach.ts";

test.each([
  ["peertube", "8.0.0", 2, "cannot", "no_private_messages"],
  ["discourse", "2026.11", 2, "cannot", "no_private_messages"],
  ["lemmy", "0.19.9", 2, "ok", "lemmy_text_limit"],
  ["lemmy", "0.19.9", 3, "cannot", "direct_only"],
  ["pixelfed", "0.12.5", 2, "ok", null],
  ["pixelfed", "0.14.1", 3, "cannot", "shows_followers"],
  ["pixelfed", null, 3, "cannot", "shows_followers"],
  ["pixelfed", "0.14.2", 3, "ok", "group_unseen"],
  ["loops", "1.0.0", 12, "ok", null],
  ["loops", "1.0.0", 13, "cannot", "too_many_people"],
  ["friendica", "2025.07", 2, "ok", "followers_only"],
  ["GoToSocial", "0.20.0", 100, "ok", null],
  ["writefreely", "0.16.0", 2, "unknown", "software_unknown"],
  ["constructor", "1", 2, "unknown", "software_unknown"],
  [null, null, 2, "unknown", "not_asked"],
] as const)("%s %s among %i: %s %s", (...row) => {
  const [name, version, people, verdict, reason] = row;
  expect(judgeReach({ name, version }, people)).toEqual({ verdict, reason });
});

test("versions are compared by their numbers; one that says nothing counts as old", () => {
  const older = ["0.9.12", "0.14", "0.14.1-beta.9", "v0.14.1", "", "newest", null];
  expect(older.filter((version) => !isBefore(version, [0, 14, 2]))).toEqual([]);
  const newer = ["0.14.2", "0.14.10", "0.20.0-rc.1", "1.0", "2026.11"];
  expect(newer.filter((version) => isBefore(version, [0, 14, 2]))).toEqual([]);
});

test("Lemmy takes 10,000 characters, others what there is", () => {
  const text = "😀".repeat(10_000);
  const takes = (name: string | null, said: string) => canTake({ name, version: null }, 2, said);
  expect(takes("lemmy", text)).toBe(true);
  expect(takes("lemmy", `${text}.`)).toBe(false);
  expect(takes("mastodon", `${text}.`)).toBe(true);
  expect(takes(null, `${text}.`)).toBe(true);
  expect(takes("peertube", "x")).toBe(false);
});
