import { expect, test } from "vitest";
import { arrival } from "../../test/helpers/arrival.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { startConversation } from "./conversations.ts";
import { postMessage } from "./messages/post.ts";
import type { PersonRow } from "./people.ts";
import { receiveMessage } from "./receive.ts";
import { readReach } from "./servers.ts";
import { snapshot } from "./snapshot.ts";
import {
  forgetServerRule,
  listServerRules,
  setServerRule,
  stanceOf,
  type RuleLevel,
} from "./server-rules.ts";

async function ruled(rules: Readonly<Record<string, RuleLevel>>) {
  const world = await createWorld();
  for (const [host, level] of Object.entries(rules))
    await setServerRule(world.ctx, { by: null, host, level, note: "" });
  return world;
}

test("a rule covers the names below its own, and the nearest one counts", async () => {
  const { ctx } = await ruled({
    "bad.example": "suspend",
    "good.bad.example": "allow",
    "loud.example": "silence",
    "pics.loud.example": "reject-media",
  });
  const stances = async (host: string) =>
    Object.values(await stanceOf(ctx, host))
      .map(Number)
      .join("");
  const hosts = [
    "bad.example",
    "x.y.bad.example",
    "bad.example:8443",
    "good.bad.example",
    "x.good.bad.example",
  ];
  expect(await Promise.all(hosts.map(stances))).toEqual(["000", "000", "000", "111", "111"]);
  expect(await Promise.all(["loud.example", "pics.loud.example"].map(stances))).toEqual(["101", "110"]);
  for (const other of ["notbad.example", "bad.example.org", "example"])
    expect(await stances(other)).toBe("111");
});

test("an allow-list talks to named servers alone, and nobody is talked to where federation is off", async () => {
  const { ctx } = await ruled({ "a.example": "allow", "b.example": "silence", "c.example": "suspend" });
  const talks = async (federation: "allow-list" | "off") => {
    const other = { ...ctx, settings: { ...ctx.settings, federation } };
    const hosts = ["a.example", "b.example", "c.example", "d.example"];
    return await Promise.all(hosts.map(async (host) => (await stanceOf(other, host)).talks));
  };
  expect(await talks("allow-list")).toEqual([true, true, false, false]);
  expect(await talks("off")).toEqual([false, false, false, false]);
});

test("a decision is replaced, listed and taken back; what is no name of a server is refused", async () => {
  const { ctx, events } = await ruled({ "B.Example.": "suspend" });
  await setServerRule(ctx, { by: null, host: "b.example", level: "silence", note: "noise" });
  expect(await listServerRules(ctx, { by: null })).toMatchObject([
    { host: "b.example", level: "silence", note: "noise" },
  ]);
  await forgetServerRule(ctx, { by: null, host: "b.example" });
  expect((await stanceOf(ctx, "b.example")).asks).toBe(true);
  expect(events.filter(({ name }) => name === "servers.changed")).toHaveLength(3);
  await expect(forgetServerRule(ctx, { by: null, host: "b.example" })).rejects.toMatchObject({
    code: "not_found",
  });
  for (const host of ["", "a/b", "https://a.example", "a b", "u@a.example"])
    await expect(setServerRule(ctx, { by: null, host, level: "suspend", note: "" })).rejects.toMatchObject({
      code: "host_invalid",
    });
});

test("with people of a suspended server nothing is begun and nothing is said, and one sees why", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy] = [await world.local("ann"), await world.remote("bo"), await world.remote("cy")];
  const conversationId = await world.between(ann, bo);
  await setServerRule(ctx, { by: null, host: "b.example", level: "suspend", note: "" });
  const suspended = { code: "server_suspended" };
  const said = postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
  await expect(said).rejects.toMatchObject(suspended);
  const begun = startConversation(ctx, { personId: ann.id, withId: cy.id });
  await expect(begun).rejects.toMatchObject({ ...suspended, field: "address" });
  const [reach] = await readReach(ctx, { personId: ann.id, conversationId });
  expect(reach).toMatchObject({ host: "b.example", verdict: "cannot", reason: "server_suspended" });
  await forgetServerRule(ctx, { by: null, host: "b.example" });
  await postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
});

test("strangers of a silenced server cannot ask; whom they were accepted by they reach", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.remote("cy")];
  const write = (to: PersonRow) => receiveMessage(ctx, arrival(cy, [to]));
  await world.say(ann, await world.between(ann, cy), "hello");
  await write(bo);
  await setServerRule(ctx, { by: null, host: "b.example", level: "silence", note: "" });
  await write(ann); // who wrote first
  await expect(write(bo)).rejects.toMatchObject({ code: "server_silenced" });
});

test("whoever still sees what was before a decision keeps nobody from it", async () => {
  const { ctx } = await ruled({});
  await snapshot(ctx, async (tx) => {
    await tx.execute("select 1"); // from here on it sees nothing new
    await setServerRule(ctx, { by: null, host: "bad.example", level: "suspend", note: "" });
    expect((await stanceOf(ctx, "bad.example", tx)).talks).toBe(true);
  });
  expect((await stanceOf(ctx, "bad.example")).talks).toBe(false);
});
