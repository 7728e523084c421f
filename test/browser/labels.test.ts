import { join } from "node:path";
import { hash } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import type { PersonId } from "#lib/ids.ts";
import { openBrowser } from "../helpers/browser.ts";
import { delivered, followGroup } from "../helpers/followed-group.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import { poll } from "../helpers/poll.ts";
import { buildWebOnce } from "../helpers/server.ts";
import { choose, openDetails } from "./groups.ts";
import { looks, visit } from "./person.ts";

const password = "password of ann";

/** A group that another server keeps, with ann, eve, cy and dan in it; whom eve addresses is her own choice. */
async function openGroup() {
  await buildWebOnce();
  const group = await followGroup({ webFolder: join(import.meta.dirname, "../../dist/web") });
  const { app, keeper, room, entry, joins, send } = group;
  const { ann, eve, vic, victim } = app;
  const personId = ann.id as PersonId;
  const passwordHash = await hash(password);
  await insertAccount(app.ctx.db, { personId, passwordHash, role: "member", createdAt: app.ctx.now() });
  const [cy, dan] = ["cy", "dan"].map((name) => serveActor(victim, name, vic.keys));
  expect(await send(entry(2, joins(cy!.id)), keeper)).toBe(202);
  expect(await send(entry(3, joins(dan!.id)), keeper)).toBe(202);
  const say = async (content: string, to: readonly string[], chatEpoch = 3) => {
    const id = `${eve.id}/notes/${encodeURIComponent(content)}`;
    const note = { id, attributedTo: eve.id, context: room, content, to, chatEpoch };
    expect(await send(app.create(note, { id: `${id}/create`, to }), eve)).toBe(202);
  };
  return { group, say, cy: cy!, dan: dan! };
}

test("a message says who of the group sees it and who else does", async ({ skip }) => {
  const browser = await openBrowser(skip);
  const { group, say, cy, dan } = await openGroup();
  const { app } = group;
  const { ann, vic } = app;
  await say("to all", [ann.uri, cy.id, dan.id]);
  await say("to some", [ann.uri, cy.id]);
  await say("to one more", [ann.uri, cy.id, dan.id, vic.id]);
  await say("from before", [ann.uri, cy.id], 2);

  const session = await visit(browser, `${app.origin}/c/${group.conversationId}`);
  await session.signIn("ann", password);
  await session.sees("to all", "to some", "to one more", "from before");
  const message = (text: string) => session.page.locator(".message", { hasText: text });
  const labels = (text: string) => message(text).locator(".label").allTextContents();
  const stranger = `@vic@${new URL(vic.id).host}`;
  expect(await labels("to all")).toEqual([]);
  expect(await labels("to some")).toEqual(["Only visible to: You and cy"]);
  expect((await labels("to one more"))[0]).toContain(`Also sent to ${stranger}, who is not in this group`);
  expect(await labels("from before")).toEqual(["Sent before the people here changed"]);

  await session.page.locator(".thread-bar").getByRole("button", { name: "Details" }).click();
  for (const [name, look] of looks) {
    await session.page.setViewportSize(look);
    await session.page.emulateMedia({ colorScheme: look.scheme });
    await session.picture(`labels-${name}`);
    expect(await session.barriers()).toEqual([]);
  }
  expect(session.complaints).toEqual([]);
}, 120_000);

test("what is wished of a group waits for the server that keeps it, and says so until that has done it", async ({
  skip,
}) => {
  const browser = await openBrowser(skip);
  const { group, dan } = await openGroup();
  const { app, keeper, room, entry, joins, send } = group;
  const { ann, peer } = app;
  expect(await send(entry(4, { ...joins(ann.uri), chatRole: "admin" }), keeper)).toBe(202);
  const session = await visit(browser, `${app.origin}/c/${group.conversationId}`);
  await session.signIn("ann", password);
  await openDetails(session);
  await choose(session, "dan", "Remove…");
  await session.page.getByRole("button", { name: "Remove", exact: true }).click();
  const { host } = new URL(keeper.id);
  const asked = session.page.locator(".dialog .asked");
  const words = `Asked ${host}. It shows here once ${host} has done it.`;
  await poll("the word", async () => (await asked.textContent()) === words);
  expect(await session.page.getByRole("button", { name: "Remove", exact: true }).isDisabled()).toBe(true);
  await delivered(app);
  const wish = peer.requests.findLast(
    ({ method, url }) => method === "POST" && url === `${keeper.path}/inbox`,
  );
  expect(String(wish?.body)).toContain(dan.id);
  await session.picture("group-asked");
  expect(await session.barriers()).toEqual([]);

  const gone = { type: "Remove", object: dan.id, target: `${room}/members`, chatBy: ann.uri };
  expect(await send(entry(5, gone), keeper)).toBe(202);
  await session.page.getByRole("button", { name: "Actions for dan" }).waitFor({ state: "detached" });
  expect(session.complaints).toEqual([]);
}, 120_000);
