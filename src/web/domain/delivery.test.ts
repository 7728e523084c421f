import { expect, test } from "vitest";
import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import type { Delivery } from "#protocol/deliveries.ts";
import { byServer, deliveriesAt, hasRead, progressIn, progressOf } from "./delivery.ts";

const delivery = (host: string, state: Delivery["state"], personId = host): Delivery => ({
  personId,
  host,
  state,
  reason: null,
  at: "",
});

const hostsAt = (all: Delivery[], state: Delivery["state"]) =>
  deliveriesAt(all, state).map(({ host }) => host);

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

/** What `ann` knows of a conversation in which the others have shown how far they read. */
function conversation(receipts: Record<string, number>, deliveries: Delivery[] = []): ConversationState {
  const members = ["ann", "bob", "cy"].map((id) => ({ person: { id }, role: "member" }));
  return {
    conversation: { members },
    membership: { receipts },
    deliveries: { m: deliveries },
  } as unknown as ConversationState;
}

const own = { id: "m", position: 3, authorId: "ann" } as Message;

test("a message is read once everybody else has shown that they read so far", () => {
  expect(progressIn(conversation({}), own)).toBe("sent");
  expect(progressIn(conversation({ bob: 3 }), own)).toBe("sent");
  expect(progressIn(conversation({ bob: 3, cy: 2 }, [delivery("b", "accepted")]), own)).toBe("accepted");
  expect(progressIn(conversation({ bob: 3, cy: 4 }, [delivery("b", "waiting")]), own)).toBe("read");
  expect(hasRead(conversation({ bob: 3 }), "bob", 3)).toBe(true);
  expect(hasRead(conversation({ bob: 3 }), "cy", 1)).toBe(false);
});
