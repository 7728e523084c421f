import { expect, test } from "vitest";
import type { Delivery } from "#protocol/types.ts";
import { byServer, hostsAt, progressOf } from "./delivery.ts";

const delivery = (host: string, state: Delivery["state"], personId = host): Delivery => ({
  personId,
  host,
  state,
  reason: null,
  at: "",
});

test("a message to people of this server only is sent once it is stored", () => {
  expect(progressOf([])).toBe("sent");
});

test("several servers count as the one that is furthest behind", () => {
  const all = [delivery("a", "accepted"), delivery("b", "waiting"), delivery("c", "accepted")];
  expect(progressOf(all)).toBe("waiting");
  expect(progressOf([...all, delivery("d", "refused")])).toBe("refused");
  expect(hostsAt(all, "accepted")).toEqual(["a", "c"]);
});

test("several people of one server count as the one who is furthest behind", () => {
  const all = [
    delivery("b", "accepted", "bo"),
    delivery("b", "waiting", "bea"),
    delivery("a", "refused", "al"),
  ];
  expect(byServer(all).map(({ host, state, personId }) => [host, state, personId])).toEqual([
    ["a", "refused", "al"],
    ["b", "waiting", "bea"],
  ]);
  expect(hostsAt(all, "accepted")).toEqual([]);
  expect(hostsAt(all, "waiting")).toEqual(["b"]);
});
