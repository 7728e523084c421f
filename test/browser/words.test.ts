import postgres from "postgres";
import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { narrow, visit } from "./person.ts";

test("whoever tries too often to sign in is told how long to wait", async ({ skip }) => {
  const { server, browser, password } = await openHouse(skip, ["ann"]);
  const { page, picture } = await visit(browser, server.origin);
  const attempt = () =>
    fetch(`${server.origin}/auth/sign-in`, {
      method: "POST",
      headers: { origin: server.origin, "content-type": "application/json" },
      body: JSON.stringify({ handle: "ann", password: "a guess" }),
    });
  await poll("too many tries", async () => (await attempt()).status === 429);
  await page.getByLabel("Handle").fill("ann");
  await page.getByLabel("Password").fill(password("ann"));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText(/^Too many tries. Wait \d+ seconds\.$/).waitFor();
  await picture("too-many-tries");
});

test("a server that invites people says so, and asks for the invitation", async ({ skip }) => {
  const { server, browser } = await openHouse(skip, [], { REGISTRATION: "invite" });
  const { page, picture, barriers } = await visit(browser, `${server.origin}/sign-up`, narrow);
  await page.getByText("This server invites people").waitFor();
  expect(await page.getByRole("textbox", { name: "Invitation" }).getAttribute("required")).not.toBeNull();
  expect(await barriers()).toEqual([]);
  await picture("invited");
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  await page.getByText("ask who runs it for an account").waitFor();
});

test("who has only a request is asked to choose it", async ({ skip }) => {
  const { enter, post } = await openHouse(skip, ["bob", "cy"]);
  const begun = await post<{ conversation: { id: string } }>("cy", "/conversations", { address: "@bob" });
  await post("cy", `/conversations/${begun.conversation.id}/messages`, {
    key: crypto.randomUUID(),
    text: "May I?",
  });
  const bob = await enter("bob", "/requests");
  await bob.page.getByText("Choose a request").waitFor();
  await bob.picture("choose-request");
  expect(await bob.barriers()).toEqual([]);
});

test("an answer from another session has read what stands above it", async ({ skip }) => {
  const { enter, acquaint, post } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob", ["third"]);
  const bob = await enter("bob");
  await bob.page.getByText("unread message").first().waitFor({ state: "attached" });
  await post("bob", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "fourth" });
  await bob.page.locator(".conversation", { hasText: "fourth" }).waitFor();
  await bob.page.getByText("unread message").first().waitFor({ state: "detached" });
});

test("of more than two people everybody's name stands with their messages", async ({ skip }) => {
  const { server, enter, acquaint, post } = await openHouse(skip, ["ann", "bob", "cy"]);
  const id = await acquaint("ann", "bob");
  const sql = postgres(server.databaseUrl ?? "", { max: 1 });
  await sql`
    insert into member (conversation_id, person_id, role, state, rank)
    select ${id}, id, 'member', 'accepted', 3 from person where handle = 'cy'`;
  await sql.end();
  await post("cy", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "third" });
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("first", "second", "third");
  expect(await ann.page.locator(".bubble .author").allTextContents()).toEqual(["bob", "cy"]);
  await ann.page.getByText("All 3 of you").waitFor();
  expect(await ann.page.getByText("You both").count()).toBe(0);
  expect(await ann.barriers()).toEqual([]);
  await ann.picture("three-people");
});
