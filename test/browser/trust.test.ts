import type { Browser } from "playwright-core";
import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../helpers/browser.ts";
import { startPair, type TestServer } from "../helpers/server.ts";
import { type Look, narrow, type Visit, visit, wide } from "./person.ts";

/** Ann's sessions are the light wide one and the dark narrow one; Bob's the other two. */
const looks = {
  ann: [wide, narrow],
  bob: [
    { ...wide, scheme: "dark" },
    { ...narrow, scheme: "light" },
  ],
} as const;

interface Scene {
  readonly a: TestServer;
  readonly b: TestServer;
  readonly ann: readonly [Visit, Visit];
  readonly bob: readonly [Visit, Visit];
  readonly everywhere: readonly Visit[];
}

/** Ann on one server and Bob on the other, each in two sessions, of which nobody has written yet. */
async function meet(skip: (why: string) => void): Promise<Scene> {
  const browser = await openBrowser(skip);
  const [a, b] = await startPair();
  onTestFinished(async () => void (await Promise.all([a.stop(), b.stop()])));
  const ann = await sessions(browser, a, "ann");
  const bob = await sessions(browser, b, "bob");
  return { a, b, ann, bob, everywhere: [...ann, ...bob] };
}

async function sessions(browser: Browser, server: TestServer, handle: "ann" | "bob") {
  const { password } = await server.createAccount(handle);
  const enter = async (look: Look) => {
    const session = await visit(browser, server.origin, look);
    await session.signIn(handle, password);
    return session;
  };
  const [one, other] = looks[handle];
  return [await enter(one), await enter(other)] as const;
}

async function begin({ a, b, ann: [ann] }: Scene, text: string): Promise<void> {
  await ann.page.goto(`${a.origin}/new?to=@bob@localhost:${b.port}`);
  await ann.page.getByRole("button", { name: "Start conversation" }).click();
  await ann.write(text);
  await ann.sees(text);
}

/** A picture and the findings of axe in every one of these sessions. */
async function check(name: string, visits: readonly Visit[]): Promise<void> {
  for (const [index, one] of visits.entries()) {
    await one.picture(`${name}-${index === 0 ? "wide" : "narrow"}`);
    const overflow = await one.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect({ name, index, overflow, barriers: await one.barriers() }).toEqual({
      name,
      index,
      overflow: 0,
      barriers: [],
    });
  }
}

async function openDetails({ page }: Visit): Promise<void> {
  if ((await page.locator(".details").count()) === 0)
    await page.getByRole("button", { name: "Details" }).click();
  await page.locator(".details").waitFor();
}

async function expectNoComplaints(scene: Scene): Promise<void> {
  for (const [index, { complaints }] of scene.everywhere.entries())
    expect([index, ...complaints]).toEqual([index]);
}

test("a stranger asks, is let in, muted and blocked, and every session of both knows as much as it should", async ({
  skip,
}) => {
  const scene = await meet(skip);
  const { ann, bob } = scene;
  await begin(scene, "Good evening, Bob");
  await ann[1].open("bob");

  // A request: what the stranger chose for themselves is hidden until somebody asks for it.
  for (const { page } of bob) await page.getByRole("link", { name: "1 message request" }).click();
  for (const one of bob) await one.open("@ann");
  for (const one of bob) await one.sees("Good evening, Bob");
  await check("request-box", bob);
  expect(await bob[0].page.locator(".thread-bar h1").textContent()).toMatch(/^@ann@localhost:/);
  await bob[0].page.getByRole("button", { name: "Show name" }).click();
  await bob[0].page.getByRole("heading", { level: 1, name: "ann", exact: true }).waitFor();
  expect(await ann[0].page.locator(".presence-word").count()).toBe(0);
  await bob[0].page.getByRole("button", { name: "Accept" }).click();
  await bob[1].page.locator(".composer-input").waitFor();

  // Who is there, and who is writing: known once both have spoken.
  await bob[0].write("Good evening, Ann");
  for (const { page } of ann) await page.locator(".presence-word").waitFor();
  await ann[1].page.goto(`${scene.a.origin}/settings`);
  await ann[1].page.getByLabel("Status").fill("At the sea");
  await ann[1].page.getByRole("button", { name: "Set status" }).click();
  for (const { page } of bob) await page.getByText("At the sea").waitFor();
  await ann[1].page.goto(scene.a.origin);
  await ann[1].open("bob");
  await ann[0].page.locator(".composer-input").pressSequentially("Do");
  for (const { page } of bob) await page.locator(".thread-bar .typing").waitFor();
  await check("typing", bob);
  for (const { page } of bob) await page.locator(".thread-bar .typing").waitFor({ state: "detached" });
  await check("presence", ann);

  // Muted: it comes, and calls nobody.
  await openDetails(bob[0]);
  await bob[0].page.getByRole("button", { name: "Mute…" }).click();
  await check("mute", [bob[0]]);
  await bob[0].page.getByRole("button", { name: "For 8 hours" }).click();
  await bob[0].page.getByText("Muted until").waitFor();
  for (const { page } of bob) await page.goto(scene.b.origin);
  await ann[0].write("A quiet word");
  for (const { page } of bob) await page.locator('.pill[data-quiet="true"]').waitFor();
  for (const { page } of bob) expect(await page.title()).not.toMatch(/^\(/);
  await check("muted", bob);
  await bob[0].open("ann");
  await openDetails(bob[0]);
  await bob[0].page.getByRole("button", { name: "Unmute" }).click();
  await bob[0].page.getByRole("button", { name: "Mute…" }).waitFor();

  // Blocked, after both kinds were explained.
  await bob[1].open("ann");
  await openDetails(bob[1]);
  for (const { page } of bob) await page.getByRole("button", { name: "Block…" }).click();
  for (const { page } of bob) await page.getByText("Nothing is sent to anybody").waitFor();
  await check("block-dialog", bob);
  await bob[1].page.keyboard.press("Escape");
  await bob[1].page.getByRole("dialog").waitFor({ state: "detached" });
  await bob[1].page.locator(".details").press("Escape");
  await bob[1].page.locator(".details").waitFor({ state: "detached" });
  await bob[0].page.getByRole("button", { name: "Block silently" }).click();
  for (const { page } of bob) await page.getByText("You blocked ann.").waitFor();
  await check("blocked", bob);
  await ann[0].write("Are you there?");
  await ann[0].page.getByText("Accepted by").waitFor();
  await bob[1].page.goto(`${scene.b.origin}/settings/privacy`);
  await bob[1].page.getByText("Blocked silently").waitFor();
  await bob[1].page.getByText("Blocked and muted").scrollIntoViewIfNeeded();
  await check("blocked-people", [bob[1]]);
  await bob[1].page.getByRole("button", { name: "Unblock ann" }).click();
  await bob[0].page.locator(".composer-input").waitFor();
  await bob[0].sees("Good evening, Bob", "Good evening, Ann", "A quiet word");
  await expectNoComplaints(scene);
}, 240_000);

test("how a message fares with another server is told, before it is sent and after", async ({ skip }) => {
  const scene = await meet(skip);
  const { a, b, ann, bob } = scene;
  await begin(scene, "Good evening, Bob");
  await bob[0].page.getByRole("link", { name: "1 message request" }).click();
  await bob[0].open("@ann");
  await bob[0].page.getByRole("button", { name: "Accept" }).click();
  await bob[0].write("Good evening, Ann");
  for (const one of ann) await one.open("bob");
  for (const one of ann) await one.sees("Good evening, Bob", "Good evening, Ann");

  await b.kill("SIGKILL");
  await ann[0].write("Into the dark");
  for (const { page } of ann) await page.getByText(/On its way to localhost/).waitFor();
  for (const { page } of ann) await page.getByText(/has not answered since/).waitFor();
  for (const { page } of ann) await page.locator(".message .state-words").last().click();
  for (const { page } of ann) await page.getByText("Not answering since").waitFor();
  await check("delivery-waiting", ann);
  await ann[1].page.getByRole("button", { name: "Stop trying" }).click();
  for (const { page } of ann) await page.getByText("You stopped it.").first().waitFor();
  await check("delivery-stopped", ann);
  await b.restart();
  await ann[0].page.getByRole("button", { name: "Try again now" }).click();
  await ann[0].page.keyboard.press("Escape");
  await bob[0].sees("Good evening, Bob", "Good evening, Ann", "Into the dark");
  await ann[0].page.locator(".state-words", { hasText: "Read" }).waitFor();

  // What Bob's server is said to run now knows no private messages.
  const sql = postgres(a.databaseUrl ?? "", { max: 1 });
  await sql`update peer set software = 'peertube', software_version = '7.0.0'`;
  await sql.end();
  for (const { page } of ann) await page.reload();
  for (const { page } of ann) await page.getByText(/Nothing you write here reaches localhost/).waitFor();
  await check("warning", ann);
  await ann[0].write("Never mind");
  await ann[0].page.getByText("Their server cannot receive this message.").waitFor();
  await ann[0].picture("delivery-refused");
}, 240_000);
