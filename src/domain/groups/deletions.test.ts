import { expect, test } from "vitest";
import { deleteMessage } from "../messages/change.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";

test("what others said and is deleted goes through the log to servers that follow it, and else as its author's own deed", async () => {
  const world = await createWorld();
  const { sql } = world.connection;
  const [owner, cy] = [await world.local("ann"), await world.local("cy")];
  const [legacy, smart] = [await world.remote("bo"), await world.remote("di")];
  await sql`update person set signals = uri || '/signals' where id = ${smart.id}`;
  const id = await groupOf(world, [owner, cy, legacy, smart]);
  const told = async () => {
    const rows = await sql<{ type: string; actor: string; to: string; decision: unknown }[]>`
      select a.type, p.handle as actor, string_agg(r.handle, ' ' order by r.handle) as to, e.decision
      from activity a join person p on p.id = a.actor_id
      join delivery d on d.activity_id = a.id join person r on r.id = d.recipient_id
      left join log_entry e on e.conversation_id = a.conversation_id and e.seq = (a.detail->>'seq')::bigint
      where a.created_at > ${since} group by a.id, p.handle, e.decision order by a.id`;
    return rows.map(({ type, actor, to, decision }) => [type, actor, to, decision]);
  };
  const mine = await world.say(cy, id, "cy's");
  const theirs = await world.say(smart, id, "di's");
  const uri = "https://b.example/m/1";
  await sql`update message set uri = ${uri} where id = ${theirs.id}`;
  const since = world.ctx.now().toISOString();
  world.pass(1_000);
  await deleteMessage(world.ctx, { personId: owner.id, messageId: mine.id });
  await deleteMessage(world.ctx, { personId: owner.id, messageId: theirs.id });
  const keeper = expect.any(String) as string;
  const deleted = (message: object) => ({ kind: "deleted", message, byId: owner.id });
  expect(await told()).toEqual([
    ["Delete", "cy", legacy.handle, null],
    ["LogEntry", keeper, smart.handle, deleted({ id: mine.id })],
    ["LogEntry", keeper, smart.handle, deleted({ uri })],
  ]);
});
