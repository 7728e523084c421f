import { expect, test } from "vitest";
import { findHolder, holdHandle } from "#db/handles.ts";
import type { PersonId } from "#lib/ids.ts";
import { groupOf } from "../../test/helpers/groups.ts";
import { worldWith } from "../../test/helpers/second-factor.ts";
import type { World } from "../../test/helpers/world.ts";
import { createAccount } from "./accounts.ts";
import { listAudit } from "./audit-list.ts";
import { forgetExpired } from "./housekeeping.ts";
import { findByHandle } from "./people-rules.ts";
import { findFormerlyCalled, findLocalPerson, readPerson, saveRemotePerson } from "./people.ts";
import { readPersonalChanges } from "./personal-changes.ts";
import { readOwn } from "./relations/read.ts";
import { readHandle, renamePerson } from "./rename.ts";
import { transact } from "./transact.ts";

const DAY_MS = 24 * 3600 * 1000;

const own = (personId: PersonId, handle: string) => ({ personId, by: personId, handle });
const leadsTo = async ({ ctx }: World, handle: string) =>
  (await findLocalPerson(ctx, { handle }))?.id ?? null;

test("a former handle leads to its owner until its time is over, and then to nobody, and somebody may have it", async () => {
  const world = await worldWith("ann", "bo");
  const { ctx } = world;
  const [ann, bo] = world.people as [PersonId, PersonId];
  await renamePerson(ctx, { ...own(ann, "@Anna"), address: "192.0.2.7" });
  expect(await readPerson(ctx, ann)).toMatchObject({ handle: "anna", formerHandle: "ann" });
  for (const name of ["ann", "ANN", "anna"]) expect(await leadsTo(world, name)).toBe(ann);
  expect((await findByHandle(ctx, "@ann")).id).toBe(ann);
  const until = new Date(ctx.now().getTime() + 365 * DAY_MS);
  const changeableAt = new Date(ctx.now().getTime() + 30 * DAY_MS);
  const held = [{ handle: "ann", until }];
  expect(await readHandle(ctx, ann)).toEqual({ handle: "anna", held, changeableAt, graceDays: 365 });
  await expect(renamePerson(ctx, own(bo, "ann"))).rejects.toThrow("handle_taken");
  await expect(
    createAccount(ctx, { handle: "ann", password: "firefly-night", role: "member" }),
  ).rejects.toThrow("handle_taken");
  world.pass(365 * DAY_MS + 1);
  expect(await leadsTo(world, "ann")).toBeNull();
  await expect(renamePerson(ctx, own(bo, "ann"))).rejects.toThrow("handle_taken");
  await forgetExpired(ctx);
  expect(await readPerson(ctx, ann)).toMatchObject({ handle: "anna", formerHandle: null });
  await renamePerson(ctx, own(bo, "ann"));
  expect(await leadsTo(world, "ann")).toBe(bo);
});

test("what was changed, by whom and from where is noted", async () => {
  const world = await worldWith("ann");
  const { ctx } = world;
  const ann = world.people[0]!;
  await renamePerson(ctx, { ...own(ann, "anna"), address: "192.0.2.7" });
  await renamePerson(ctx, { personId: ann, by: null, handle: "annie" });
  const entries = await listAudit(ctx, {
    ...{ by: null, of: { personId: ann }, action: "handle.changed" },
    ...{ after: null, limit: 9 },
  });
  expect(entries).toMatchObject([
    { actorId: null, personId: ann, details: { before: "anna", handle: "annie" }, address: null },
    { actorId: ann, personId: ann, details: { before: "ann", handle: "anna" }, address: "192.0.2.7" },
  ]);
});

test("after a change there is none for thirty days, unless it goes back", async () => {
  const world = await worldWith("ann");
  const { ctx } = world;
  const ann = world.people[0]!;
  await renamePerson(ctx, own(ann, "anna"));
  await expect(renamePerson(ctx, own(ann, "annie"))).rejects.toMatchObject({
    code: "renamed_lately",
    field: "handle",
  });
  await renamePerson(ctx, own(ann, "ann"));
  expect((await readHandle(ctx, ann)).held.map(({ handle }) => handle)).toEqual(["anna"]);
  await expect(renamePerson(ctx, own(ann, "annie"))).rejects.toThrow("renamed_lately");
  world.pass(30 * DAY_MS);
  await renamePerson(ctx, own(ann, "annie"));
  expect((await readHandle(ctx, ann)).held.map(({ handle }) => handle)).toEqual(["anna", "ann"]);
  expect((await readPerson(ctx, ann)).formerHandle).toBe("ann");
});

test("the handle that somebody has already, in whatever spelling, is no change", async () => {
  const world = await worldWith("ann");
  const { ctx } = world;
  const ann = world.people[0]!;
  const before = world.events.length;
  for (const same of ["ann", "ANN", " @Ann"]) await renamePerson(ctx, own(ann, same));
  expect(world.events.slice(before)).toEqual([]);
  await world.connection.sql`update person set handle = 'Ann' where id = ${ann}`;
  await renamePerson(ctx, own(ann, "ann"));
  expect(await readPerson(ctx, ann)).toMatchObject({ handle: "ann", formerHandle: null });
  expect(await readHandle(ctx, ann)).toMatchObject({ held: [], changeableAt: null });
});

test("a handle that nobody may have, that is somebody's, or that was a deleted person's is refused, and nothing changes", async () => {
  const world = await worldWith("ann", "bo", "gone");
  const { ctx } = world;
  const [ann, , gone] = world.people as [PersonId, PersonId, PersonId];
  await createAccount(ctx, { handle: "vilma", password: "firefly-night", role: "admin" });
  await world.connection.sql`update person set state = 'deleted' where id = ${gone}`;
  await transact(ctx, (tx) =>
    holdHandle(tx, { handle: "once", personId: gone, until: null, createdAt: ctx.now() }),
  );
  world.pass(4_000 * DAY_MS);
  await forgetExpired(ctx);
  expect(await findHolder(ctx.db, "once")).toBe(gone);
  const before = [await readPerson(ctx, ann), world.events.length];
  for (const [handle, code] of [
    ...["bo", "BO", "gone", "once"].map((each) => [each, "handle_taken"]),
    ...["admin", "ADM1N", "supp0rt", "v1lma", "vi_lma"].map((each) => [each, "handle_reserved"]),
    ...["", "a b", "аnn", "ann\u200b", "x".repeat(31), "ann@b.example", "a.b"].map((each) => [
      each,
      "handle_invalid",
    ]),
  ] as const)
    await expect(renamePerson(ctx, own(ann, handle!)), handle).rejects.toMatchObject({
      code,
      field: "handle",
    });
  expect([await readPerson(ctx, ann), world.events.length]).toEqual(before);
  expect(await leadsTo(world, "once")).toBeNull();
});

test("of several who want the same handle at once one gets it, whoever gives it up or makes an account meanwhile", async () => {
  const names = ["ann", "bo", "cy", "dan"];
  const world = await worldWith(...names);
  const { ctx } = world;
  const [ann, ...others] = world.people as [PersonId, ...PersonId[]];
  const wishes = others.map((id) => renamePerson(ctx, own(id, "star")));
  const account = createAccount(ctx, { handle: "star", password: "firefly-night", role: "member" });
  const results = await Promise.allSettled([...wishes, account]);
  const refused = results.flatMap((each) => (each.status === "rejected" ? [String(each.reason)] : []));
  expect(refused).toHaveLength(3);
  for (const reason of refused) expect(reason).toContain("handle_taken");
  const rest = await Promise.allSettled([
    renamePerson(ctx, own(ann, "anna")),
    createAccount(ctx, { handle: "ann", password: "firefly-night", role: "member" }),
    renamePerson(ctx, { personId: others[2]!, by: null, handle: "ann" }),
  ]);
  expect(rest.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await leadsTo(world, "ann")).toBe(ann);
});

test("two changes of one person at once are one", async () => {
  const world = await worldWith("ann");
  const { ctx } = world;
  const ann = world.people[0]!;
  const results = await Promise.allSettled(
    ["anna", "annie", "anne"].map((handle) => renamePerson(ctx, own(ann, handle))),
  );
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect((await readHandle(ctx, ann)).held.map(({ handle }) => handle)).toEqual(["ann"]);
});

test("whoever shares a conversation hears of it, one's own sessions too, and each server elsewhere once", async () => {
  const world = await worldWith("ann", "cy");
  const { ctx } = world;
  const [ann, cy] = await Promise.all(world.people.map((id) => readPerson(ctx, id)));
  const [bo, bea] = [await world.remote("bo"), await world.remote("bea")];
  const alone = await world.between(ann!, bo);
  const group = await groupOf(world, [cy!, ann!, bea]);
  const before = world.events.length;
  await renamePerson(ctx, own(ann!.id, "anna"));
  const told = world.events.slice(before);
  expect(told.map(({ name }) => name).toSorted()).toEqual([
    "activities.due",
    "member.changed",
    "member.changed",
    "profile.changed",
  ]);
  expect(told).toContainEqual(expect.objectContaining({ conversationId: alone, to: [ann!.id] }));
  expect(told).toContainEqual(expect.objectContaining({ conversationId: group, personId: ann!.id }));
  const { number, known } = await readOwn(ctx, ann!.id);
  expect(known.person).toMatchObject({ id: ann!.id, handle: "anna", formerHandle: "ann" });
  const { changes } = await readPersonalChanges(ctx, { personId: ann!.id, after: number - 1, limit: 9 });
  expect(changes).toMatchObject([{ kind: "profile", number, known: { person: { handle: "anna" } } }]);
});

test("somebody named by a former name is meant", async () => {
  const world = await worldWith("ann", "cy", "dan");
  const { ctx } = world;
  const people = await Promise.all(world.people.map((id) => readPerson(ctx, id)));
  const [ann, cy] = people as [(typeof people)[0], (typeof people)[0]];
  const group = await groupOf(world, [cy, ann, people[2]!]);
  await renamePerson(ctx, own(ann.id, "anna"));
  for (const text of ["hello @ann", "hello @anna", "hello @Ann@a.example"]) {
    const { mentions } = await world.say(cy, group, text);
    expect(mentions, text).toEqual([ann.id]);
  }
});

test("an actor elsewhere is found by the former name as long as it is remembered", async () => {
  const world = await worldWith();
  const { ctx } = world;
  const { uri, host, kind, inbox, profileUrl } = await world.remote("bo");
  const said = { uri: uri!, host: host!, kind, inbox, profileUrl, name: "" };
  await saveRemotePerson(ctx, { ...said, handle: "bobby" });
  const find = async (name: string, at = "b.example") =>
    (await findFormerlyCalled(ctx, { name, host: at }))?.handle;
  expect([await find("Bo"), await find("bo", "c.example"), await find("bobby")]).toEqual([
    "bobby",
    undefined,
    undefined,
  ]);
  world.pass(365 * DAY_MS + 1);
  expect(await find("bo")).toBeUndefined();
});

test("whoever was addressed, but told nothing yet, hears nothing of another handle", async () => {
  const world = await worldWith("ann", "bo");
  const { ctx } = world;
  const [ann, bo] = world.people as [PersonId, PersonId];
  await world.between(await readPerson(ctx, ann), await readPerson(ctx, bo));
  world.events.length = 0;
  await renamePerson(ctx, own(ann, "anna"));
  expect(world.events.filter(({ name }) => name === "member.changed")).toMatchObject([{ to: [ann] }]);
});
