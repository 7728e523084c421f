import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse, openMortalHouse } from "./house.ts";
import type { Visit } from "./person.ts";

const field = ({ page }: Visit) => page.locator(".composer-input");
const holds = (session: Visit, text: string) =>
  poll(`"${text}" in the composer`, async () => (await field(session).inputValue()) === text);

test("a draft appears in the other session, unless somebody writes there, and goes when it is sent", async ({
  skip,
}) => {
  const { enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", `/c/${id}`);
  const elsewhere = await enter("ann", `/c/${id}`);
  for (const session of [ann, elsewhere]) await session.sees("first", "second");
  await field(ann).fill("half a thought");
  await holds(elsewhere, "half a thought");
  // Whoever has just written keeps their own words; they are the last ones, so they come to the other session.
  await field(elsewhere).fill("half a thought, and more");
  await holds(ann, "half a thought, and more");
  await elsewhere.page.locator(".brand").click();
  await elsewhere.page.locator(".conversation", { hasText: "half a thought, and more" }).waitFor();
  await elsewhere.picture("draft-in-list");
  await field(ann).press("Enter");
  await ann.sees("second", "half a thought, and more");
  await elsewhere.page.locator(".draft-sign").waitFor({ state: "detached" });
  await elsewhere.open("bob");
  await holds(elsewhere, "");
  for (const session of [ann, elsewhere]) expect(session.complaints).toEqual([]);
}, 120_000);

test("after the server was put back, drafts and unsent messages are still there, and reach it", async ({
  skip,
}) => {
  const { server, enter, acquaint } = await openMortalHouse(skip, ["ann", "bob", "cy"]);
  const withBob = await acquaint("ann", "bob");
  await acquaint("ann", "cy");
  const ann = await enter("ann", `/c/${withBob}`);
  await ann.sees("first", "second");
  await field(ann).fill("told before");
  await ann.open("cy");
  await ann.page.locator(".draft-sign").waitFor();
  await server.kill();
  await ann.write("written in the dark");
  await ann.open("bob");
  await field(ann).fill("told before, and changed");
  expect((await server.cli(["restored"])).code).toBe(0);
  await server.restart();
  await ann.open("cy");
  await ann.sees("second", "written in the dark");
  await poll("it is sent", async () => (await ann.page.locator("[data-pending]").count()) === 0);
  await ann.open("bob");
  await holds(ann, "told before, and changed");
  const elsewhere = await enter("ann", `/c/${withBob}`);
  await holds(elsewhere, "told before, and changed");
}, 120_000);
