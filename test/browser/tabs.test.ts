import type { Page, Request, WebSocket } from "playwright-core";
import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse, openMortalHouse } from "./house.ts";
import { visit, type Visit } from "./person.ts";

/** The live connections of a page, as they come and go. */
function watchSockets(page: Page): { open: () => number } {
  const sockets = new Set<WebSocket>();
  page.on("websocket", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return { open: () => sockets.size };
}

/** Listens for another tab to say that it goes on with another token; answers what waits until it has. */
async function listenForRenewal(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`{
    const channel = new BroadcastChannel("luciole.tabs");
    window.renewed = new Promise((resolve) => {
      channel.onmessage = ({ data }) => data.kind === "renewed" && resolve();
    });
    undefined; // what is waited for later, not here
  }`);
  return () => page.evaluate("window.renewed");
}

const said = ({ page }: Visit) => page.locator('.unseen[aria-live="polite"]').textContent();

test("tabs share one connection, and who closes the one that has it leaves the others live", async ({
  skip,
}) => {
  const { server, enter, acquaint, post } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const say = (text: string) =>
    post("bob", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text });
  const address = `${server.origin}/c/${id}`;
  const first = await enter("ann", `/c/${id}`);
  const sockets = watchSockets(first.page);
  await first.page.reload();
  await first.sees("first", "second");
  await poll("a live connection", async () => sockets.open() === 1);

  const second = await first.beside("about:blank");
  const third = await first.beside("about:blank");
  const others = [second, third].map(({ page }) => watchSockets(page));
  for (const tab of [second, third]) await tab.page.goto(address);
  for (const tab of [second, third]) await tab.sees("first", "second");
  await say("to all tabs");
  for (const tab of [first, second, third]) await tab.sees("to all tabs");
  expect([sockets, ...others].map(({ open }) => open())).toEqual([1, 0, 0]);

  // Only the tab that had the attention last speaks.
  await poll("the announcement", async () => (await said(third)) !== "");
  expect(await Promise.all([first, second, third].map(said))).toEqual(["", "", "bob: to all tabs"]);

  await first.page.close();
  await say("while nobody listened");
  for (const tab of [second, third]) await tab.sees("to all tabs", "while nobody listened");
  await poll("one of them connects", async () => others.reduce((sum, { open }) => sum + open(), 0) === 1);
  await second.write("from the tab beside");
  for (const tab of [second, third]) await tab.sees("while nobody listened", "from the tab beside");
  for (const tab of [second, third]) expect(tab.complaints).toEqual([]);
}, 120_000);

test("one tab renews the token for all", async ({ skip }) => {
  const { server, browser, acquaint, password } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const first = await visit(browser, server.origin);
  await first.page.context().clock.install();
  await first.page.reload();
  await first.signIn("ann", password("ann"));
  const second = await first.beside(`${server.origin}/c/${id}`);
  await second.sees("first", "second");
  const renewals: string[] = [];
  const isRenewal = (request: Request) => request.url().endsWith("/auth/refresh");
  first.page.context().on("request", (request) => {
    if (isRenewal(request)) renewals.push(request.url());
  });
  // One clock for both tabs: it is put forward to when the token is renewed, and not yet too old to ask with; and again
  // only when both have the next one.
  const { clock } = first.page.context();
  const renewed = await listenForRenewal(second.page);
  await clock.fastForward("14:10");
  await renewed();
  expect(renewals).toHaveLength(1);
  await clock.fastForward("01:00");
  await second.page.reload();
  await second.sees("first", "second");
  // One for both tabs, and one for the page that was loaded anew.
  expect(renewals).toHaveLength(2);
}, 120_000);

test("what one tab could not send is sent by another when it is closed", async ({ skip }) => {
  const { server, enter, acquaint } = await openMortalHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const first = await enter("ann", `/c/${id}`);
  await first.sees("first", "second");
  const second = await first.beside(`${server.origin}/c/${id}`);
  await second.sees("first", "second");
  await server.kill();
  await first.write("written in the dark");
  await second.sees("second", "written in the dark");
  await first.page.close();
  await server.restart();
  await poll("it is sent", async () => (await second.page.locator("[data-pending]").count()) === 0);
  const bob = await enter("bob", `/c/${id}`);
  await bob.sees("first", "second", "written in the dark");
}, 120_000);

test("an old page says that there is a newer one, and keeps the draft when it is loaded anew", async ({
  skip,
}) => {
  const { server, enter, acquaint } = await openMortalHouse(skip, ["ann", "bob"]);
  const { page, picture, barriers } = await enter("ann", `/c/${await acquaint("ann", "bob")}`);
  await page.route(`${server.origin}/`, async (route) => {
    const response = await route.fetch();
    const newer = (await response.text()).replace(
      /(<script type="module"[^>]* src=")[^"]+/,
      "$1/assets/newer.js",
    );
    await route.fulfill({ response, body: newer });
  });
  await server.kill();
  await server.restart();
  // The page comes back by itself, after a pause that grew while the server was away.
  await page.getByText("There is a newer version of this page.").waitFor({ timeout: 60_000 });
  await picture("outdated");
  expect(await barriers()).toEqual([]);
  await page.locator(".composer-input").fill("half a thought");
  await page.getByRole("button", { name: "Reload to update" }).click();
  await page.getByText("There is a newer version of this page.").waitFor({ state: "detached" });
  await page.locator(".composer-input").waitFor();
  const draft = () => page.locator(".composer-input").inputValue();
  await poll("the draft", async () => (await draft()) === "half a thought");
}, 180_000);
