import { expect, test } from "vitest";
import { groupOf } from "../../../test/helpers/groups.ts";
import { agree, move } from "../../../test/helpers/moving.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import type { PersonId } from "#lib/ids.ts";
import { saveRemotePerson, type PersonRow } from "../people.ts";
import { addAlias, listAliases, removeAlias } from "./aliases.ts";
import { readMoving, takeBackMove } from "./move-away.ts";

const DAY_MS = 24 * 3600 * 1000;

test("somebody says which other accounts are theirs, ten at most, and takes it back", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const ann = await world.local("ann");
  const others = await Promise.all(Array.from({ length: 11 }, (_, at) => world.remote(`ann${at}`)));
  for (const other of [...others.slice(0, 10), others[0]!])
    await addAlias(ctx, { personId: ann.id, otherId: other.id });
  expect(await listAliases(ctx, ann.id)).toHaveLength(10);
  const add = (otherId: PersonId) => addAlias(ctx, { personId: ann.id, otherId });
  await expect(add(others[10]!.id)).rejects.toThrow("too_many_aliases");
  await expect(add(ann.id)).rejects.toThrow("yourself");
  await removeAlias(ctx, { personId: ann.id, otherId: others[0]!.id });
  await expect(removeAlias(ctx, { personId: ann.id, otherId: others[0]!.id })).rejects.toThrow("not_found");
  await add(others[10]!.id);
});

test("an account is left for one that agrees, is not left itself, and only after thirty days again", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, next, other] = [
    await world.local("ann"),
    await world.local("next"),
    await world.local("other"),
  ];
  const to = (target: PersonRow) => move(world, { from: ann, to: target });
  await expect(to(ann)).rejects.toThrow("yourself");
  await expect(to(next)).rejects.toThrow("move_not_agreed");
  await agree(world, { from: ann, to: next });
  await agree(world, { from: ann, to: other });
  await agree(world, { from: next, to: ann });
  await to(next);
  expect(await readMoving(ctx, ann.id)).toMatchObject({ movedTo: { id: next.id } });
  // Neither a loop nor a chain is made in one go.
  await expect(move(world, { from: next, to: ann })).rejects.toThrow("target_moved");
  await takeBackMove(ctx, { personId: ann.id });
  await expect(takeBackMove(ctx, { personId: ann.id })).rejects.toThrow("not_found");
  await expect(to(other)).rejects.toThrow("moved_lately");
  world.pass(30 * DAY_MS);
  await to(other);
  expect(await readMoving(ctx, ann.id)).toMatchObject({ movedTo: { id: other.id } });
});

test("of two who move the same account at once, one does", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const targets = await Promise.all(["one", "two", "three"].map((handle) => world.local(handle)));
  for (const to of targets) await agree(world, { from: ann, to });
  const results = await Promise.allSettled(targets.map((to) => move(world, { from: ann, to })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("an account that is left neither writes nor is written to, until that is taken back", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bea, next, bo] = [
    await world.local("ann"),
    await world.local("bea"),
    await world.remote("next"),
    await world.remote("bo"),
  ];
  const [talk, abroad] = [await world.between(bea, ann), await world.between(ann, bo)];
  const group = await groupOf(world, [bea, ann]);
  await world.say(ann, talk, "hello");
  await move(world, { from: ann, to: next });
  for (const id of [talk, abroad, group]) await expect(world.say(ann, id, "?")).rejects.toThrow("you_moved");
  await expect(world.say(bea, talk, "?")).rejects.toThrow("recipient_moved");
  await expect(world.say(bo, abroad, "?")).rejects.toThrow("recipient_moved");
  await world.say(bea, group, "the others go on");
  await takeBackMove(ctx, { personId: ann.id });
  await world.say(bea, talk, "welcome back");
  await world.say(ann, group, "thanks");
});

test("whoever says of themselves that they have become nobody else is shown so again", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, next] = [await world.local("ann"), await world.remote("bo"), await world.remote("next")];
  await world.between(ann, bo);
  await move(world, { from: bo, to: next });
  const { uri, handle, host, kind, name, profileUrl, inbox } = bo;
  const said = { uri: uri!, handle, host: host!, kind, name, profileUrl, inbox };
  expect((await saveRemotePerson(ctx, said)).movedTo).toBe(next.id);
  const before = world.events.length;
  await saveRemotePerson(ctx, { ...said, stays: true });
  expect(world.events.slice(before)).toMatchObject([{ name: "member.changed", personId: bo.id }]);
});
