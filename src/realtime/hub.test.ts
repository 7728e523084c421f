import { expect, test } from "vitest";
import type { PersonId } from "#lib/ids.ts";
import { createHub, type Wire } from "./hub.ts";

function wire(bufferedAmount = 0) {
  const sent: string[] = [];
  const closed: number[] = [];
  const made: Wire = {
    bufferedAmount,
    write: (frame) => sent.push(Buffer.from(frame).toString()),
    ping: () => {},
    close: (code) => closed.push(code),
    terminate: () => {},
    on: () => {},
  };
  return { sent, closed, made };
}

const ann = "ann" as PersonId;
const frame = Buffer.from("frame");

test("a reader who does not drain is sent away to come back, and others get their frame", () => {
  const hub = createHub();
  const [slow, quick] = [wire(1024 * 1024 + 1), wire()];
  hub.add({ personId: ann, sessionId: "1", wire: slow.made });
  hub.add({ personId: ann, sessionId: "2", wire: quick.made });
  hub.send(["ann"], frame);
  expect([slow.sent, slow.closed]).toEqual([[], [1013]]);
  expect([quick.sent, quick.closed]).toEqual([["frame"], []]);
  expect(hub.size).toBe(1);
  hub.stop();
});

test("a session's end closes all its sockets and leaves the person's other sessions", () => {
  const hub = createHub();
  const [one, two, three] = [wire(), wire(), wire()];
  hub.add({ personId: ann, sessionId: "1", wire: one.made });
  hub.add({ personId: ann, sessionId: "1", wire: two.made });
  hub.add({ personId: ann, sessionId: "2", wire: three.made });
  hub.closeSession("ann", "1");
  expect([one.closed, two.closed, three.closed]).toEqual([[4401], [4401], []]);
  hub.stop();
  expect(three.closed).toEqual([1012]);
});

test("a socket that was removed hears nothing more, and nobody is left behind", () => {
  const hub = createHub();
  const { sent, made } = wire();
  const connection = { personId: ann, sessionId: "1", wire: made };
  hub.add(connection);
  hub.remove(connection);
  hub.remove(connection);
  hub.send(["ann", "bo"], frame);
  expect([sent, hub.size, hub.listens(["ann"])]).toEqual([[], 0, false]);
  hub.stop();
});
