import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { listMessages } from "../read.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { postMessage } from "./post.ts";

async function scene(conversations: number) {
  const world = await createWorld();
  const ann = await world.local("ann");
  const ids: ConversationId[] = [];
  for (let n = 0; n < conversations; n += 1) ids.push(await world.between(ann, await world.local(`bo${n}`)));
  return { world, ann, ids };
}

/** Counts transactions. */
function counting(world: World): { ctx: Context; count: () => number } {
  let commits = 0;
  const failpoint = async (name: string) => void (commits += name === "before-commit" ? 1 : 0);
  return { ctx: { ...world.ctx, failpoint }, count: () => commits };
}

test("who writes at the same time shares transactions, and every conversation keeps its order", async () => {
  const { world, ann, ids } = await scene(8);
  const { ctx, count } = counting(world);
  const sends = Array.from({ length: 200 }, (_, n) => {
    return { authorId: ann.id, conversationId: ids[n % ids.length]!, text: String(n) };
  });
  const posted = await Promise.all(sends.map((send) => postMessage(ctx, send)));
  expect(posted.map(({ message }) => message.text)).toEqual(sends.map(({ text }) => text));
  expect(count()).toBeLessThan(10);
  for (const conversationId of ids) {
    const page = await listMessages(ctx, { personId: ann.id, conversationId, at: null, limit: 100 });
    const own = sends.filter((send) => send.conversationId === conversationId);
    expect(page.messages.map(({ text }) => text)).toEqual(own.map(({ text }) => text));
    expect(page.messages.map(({ position }) => position)).toEqual(own.map((_, n) => n + 1));
  }
  const told = world.events.filter(({ name }) => name === "message.posted");
  expect(told).toHaveLength(200);
});

test("each is refused for itself, and what breaks the statement fails alone", async () => {
  const { world, ann, ids } = await scene(4);
  const stranger = await world.local("stranger");
  await world.connection.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'poison'; end $$;
    create trigger refuse before insert on message for each row when (new.text = 'poison') execute function refuse()`);
  const said = ["one", "poison", "", "two", "three"];
  const sends = said.map((text, n) => ({ authorId: ann.id, conversationId: ids[n % 4]!, text }));
  const outcomes = await Promise.allSettled([
    ...sends.map((send) => postMessage(world.ctx, send)),
    postMessage(world.ctx, { authorId: stranger.id, conversationId: ids[0]!, text: "me too" }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? outcome.reason : []));
  expect(reasons.map((reason) => (reason instanceof Refusal ? reason.code : "broken"))).toEqual([
    "broken",
    "empty",
    "not_found",
  ]);
  const rows = await world.connection.sql`select text, position::int from message order by text`;
  expect(rows.map((row) => [row["text"], row["position"]])).toEqual([
    ["one", 1],
    ["three", 2],
    ["two", 1],
  ]);
});

test("one key that comes twice at once makes one message, wherever it is used again", async () => {
  const { world, ann, ids } = await scene(2);
  const send = (conversationId: ConversationId) =>
    postMessage(world.ctx, {
      authorId: ann.id,
      conversationId,
      text: "once",
      idempotency: { client: "web", key: "k" },
    });
  const [first, again] = await Promise.all([send(ids[0]!), send(ids[0]!)]);
  expect([first.repeated, again.repeated, again.message.id]).toEqual([false, true, first.message.id]);
  await expect(send(ids[1]!)).rejects.toMatchObject({ code: "key_reused" });
});

test("what may have been committed is not written a second time", async () => {
  const { world, ann, ids } = await scene(1);
  const failpoint = async (name: string) => {
    if (name === "after-commit-before-ack") throw new Error("cut");
  };
  const ctx = { ...world.ctx, failpoint };
  const sends = ["one", "two", "three"].map((text) =>
    postMessage(ctx, { authorId: ann.id, conversationId: ids[0]!, text }),
  );
  const outcomes = await Promise.allSettled(sends);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  const rows = await world.connection.sql`select text from message order by position`;
  expect(rows.map((row) => row["text"])).toEqual(["one", "two", "three"]);
});

test("messages to many servers leave in order and each author's number rises by one", async () => {
  const world = await createWorld();
  const people = await Promise.all(["ann", "bo", "cy"].map((handle) => world.local(handle)));
  const remote = await Promise.all(["x", "y"].map((handle) => world.remote(handle, `${handle}.example`)));
  const sends = [];
  for (const person of people)
    for (const other of remote) {
      const conversationId = await world.between(person, other);
      for (const text of ["one", "two"]) sends.push({ authorId: person.id, conversationId, text });
    }
  const posted = await Promise.all(sends.map((send) => postMessage(world.ctx, send)));
  expect(posted.map(({ deliveries }) => deliveries.map(({ state }) => state))).toEqual(
    sends.map(() => ["waiting"]),
  );
  for (const { id: personId } of people) {
    const numbers = world.events.flatMap((event) =>
      event.name === "delivery.changed" && event.personId === personId ? event.number : [],
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, n) => numbers[0]! + n));
  }
  const order = await world.connection.sql`
    select m.position::int from delivery d join message m on m.id = d.message_id order by d.conversation_id, d.id`;
  expect(order.map((row) => row["position"])).toEqual(Array.from({ length: 6 }, () => [1, 2]).flat());
});

test("a statement that fails behind which COMMIT was sent leaves nothing, and tells nobody", async () => {
  const { world, ann, ids } = await scene(1);
  await world.connection.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'poison'; end $$;
    create trigger refuse before insert on message_version for each row execute function refuse()`);
  world.events.length = 0;
  const post = postMessage(world.ctx, { authorId: ann.id, conversationId: ids[0]!, text: "x" });
  await expect(post).rejects.toMatchObject({ cause: { message: "poison" } });
  expect(world.events).toEqual([]);
  const left = await world.connection.sql`
    select position::int, (select count(*)::int from message) as messages from conversation`;
  expect(left).toEqual([{ position: 0, messages: 0 }]);
});
