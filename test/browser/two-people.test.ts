import { expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../helpers/browser.ts";
import { startPair } from "../helpers/server.ts";
import { narrow, visit, wide } from "./person.ts";

test("two people on two servers chat, each in two sessions", async ({ skip }) => {
  const browser = await openBrowser(skip);
  const [a, b] = await startPair();
  onTestFinished(async () => void (await Promise.all([a.stop(), b.stop()])));
  const [ann, bob] = [await a.createAccount("ann"), await b.createAccount("bob")];
  const sessions = {
    ann: await visit(browser, a.origin, wide),
    annElsewhere: await visit(browser, a.origin, narrow),
    bob: await visit(browser, b.origin, { ...wide, scheme: "dark" }),
    bobElsewhere: await visit(browser, b.origin, { ...narrow, scheme: "light" }),
  };
  const { ann: annPage, annElsewhere, bob: bobPage, bobElsewhere } = sessions;
  await annPage.signIn("ann", ann.password);
  await annElsewhere.signIn("ann", ann.password);
  await bobPage.signIn("bob", bob.password);
  await bobElsewhere.signIn("bob", bob.password);

  // Ann begins, from the address alone.
  await annPage.page.getByRole("link", { name: "New conversation" }).first().click();
  await annPage.page.getByLabel("Address").fill(`@bob@localhost:${b.port}`);
  await annPage.page.getByRole("button", { name: "Start conversation" }).click();
  await annPage.write("Good evening, Bob");
  await annPage.sees("Good evening, Bob");
  await annElsewhere.open("bob");
  await annElsewhere.sees("Good evening, Bob");

  // It is a request for Bob, apart from his conversations, until he accepts.
  await bobPage.page.getByRole("link", { name: "1 message request" }).click();
  await bobPage.open("ann");
  await bobPage.sees("Good evening, Bob");
  await bobPage.picture("request");
  await bobPage.page.getByRole("button", { name: "Accept" }).click();
  await bobPage.write("Good evening, Ann");

  // The answer is in every open session of both.
  await bobElsewhere.open("ann");
  for (const session of Object.values(sessions)) await session.sees("Good evening, Bob", "Good evening, Ann");
  await bobPage.page.locator(".state-words", { hasText: "Read" }).waitFor();

  // An edit and a deletion reach the other server too.
  await bobPage.page.locator(".composer-input").press("ArrowUp");
  await bobPage.write("Good night, Ann");
  for (const session of Object.values(sessions)) await session.sees("Good evening, Bob", "Good night, Ann");
  await annPage.page.locator(".message").first().press("Delete");
  await annPage.page.getByRole("button", { name: "Delete for everyone" }).click();
  for (const session of Object.values(sessions)) {
    await session.sees("This message was deleted", "Good night, Ann");
  }

  // A reload finds the session and the conversation again.
  await annPage.page.reload();
  await annPage.sees("This message was deleted", "Good night, Ann");
  for (const [name, session] of Object.entries(sessions)) {
    await session.picture(`two-people-${name}`);
    expect([name, ...session.complaints]).toEqual([name]);
  }
}, 180_000);
