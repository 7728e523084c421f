import { expect, test } from "vitest";
import type { Signal } from "#domain/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Connection, Wire } from "./hub.ts";
import { Presence } from "./presence.ts";

const MINUTE = 60_000;
const [ann, bo] = ["ann" as PersonId, "bo" as PersonId];

/** Nodes that hear each other at once, with one clock. */
function createNodes(...names: string[]) {
  let now = 0;
  const nodes = new Map<string, Presence>();
  const changed: string[] = [];
  const hear = (signal: Signal): void => {
    if (signal.signal !== "sessions") return;
    for (const [name, presence] of nodes)
      changed.push(...presence.take(signal.node, signal.people).map((personId) => `${name} ${personId}`));
  };
  for (const node of names) nodes.set(node, new Presence({ node, now: () => now, signal: hear }));
  return { nodes, changed, pass: (ms: number) => void (now += ms) };
}

function socketOf(personId: PersonId): Connection {
  return { personId, sessionId: crypto.randomUUID(), wire: {} as Wire };
}

test("somebody is there from the first socket to the last, whatever node it is at", () => {
  const { nodes, changed } = createNodes("one", "two");
  const [one, two] = [nodes.get("one")!, nodes.get("two")!];
  const [first, second] = [socketOf(ann), socketOf(ann)];
  one.open(first);
  two.open(second);
  one.close(first);
  expect([one.stateOf(ann), two.stateOf(ann)]).toEqual(["online", "online"]);
  two.close(second);
  expect([one.stateOf(ann), two.stateOf(ann)]).toEqual(["offline", "offline"]);
  expect(changed).toEqual(["one ann", "two ann", "one ann", "two ann"]);
});

test("somebody is idle when every socket is: by its own word, or by ten minutes without one", () => {
  const { nodes, pass } = createNodes("one");
  const presence = nodes.get("one")!;
  const [desk, phone] = [socketOf(ann), socketOf(ann)];
  presence.open(desk);
  presence.open(phone);
  presence.act(desk, "idle");
  expect(presence.stateOf(ann)).toBe("online");
  pass(10 * MINUTE);
  presence.findIdle();
  expect(presence.stateOf(ann)).toBe("idle");
  presence.act(phone, "active");
  expect(presence.stateOf(ann)).toBe("online");
});

test("the people of a node that is heard no more are gone, and come again with it", () => {
  const { nodes, pass } = createNodes("one", "two");
  const [one, two] = [nodes.get("one")!, nodes.get("two")!];
  two.open(socketOf(ann));
  pass(2 * MINUTE);
  expect([one.keepAlive("two"), one.forgetNodes()]).toEqual([true, []]);
  pass(3 * MINUTE);
  expect([one.forgetNodes(), one.stateOf(ann)]).toEqual([[ann], "offline"]);
  expect(one.keepAlive("two")).toBe(false);
  two.repeat();
  expect(one.stateOf(ann)).toBe("online");
});

test("a node that ends takes its people along", () => {
  const { nodes } = createNodes("one", "two");
  nodes.get("one")!.open(socketOf(ann));
  nodes.get("one")!.stop();
  expect(nodes.get("two")!.stateOf(ann)).toBe("offline");
});

test("what another server said holds for whom it was said to, and for ten minutes", () => {
  const { nodes, pass } = createNodes("one");
  const presence = nodes.get("one")!;
  const about = { state: "online" as const, status: { text: "here", until: null } };
  presence.hear(bo, [ann], about);
  expect(presence.heardOf(bo, ann)).toMatchObject(about);
  expect(presence.heardOf(bo, bo).state).toBe("offline");
  pass(10 * MINUTE);
  expect(presence.forgetHeard()).toEqual([{ personId: bo, viewerIds: [ann] }]);
  expect(presence.heardOf(bo, ann).state).toBe("offline");
  expect(presence.forgetHeard()).toEqual([]);
});
