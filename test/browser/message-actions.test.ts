import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { narrow, type Visit, wide } from "./person.ts";

const messageOf = ({ page }: Visit, text: string) => page.locator(".message", { hasText: text });

/** Opens the menu of a message as the keyboard does. */
async function openMenu(visit: Visit, text: string) {
  await messageOf(visit, text).last().focus();
  await visit.page.keyboard.press("Enter");
  return visit.page.getByRole("menu");
}

test(
  "the menu of a message opens by keyboard, by mouse and by a resting finger",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob", ["the third of them"]);
    const ann = await enter("ann", `/c/${id}`);
    await ann.sees("the third of them");
    const { page } = ann;

    const menu = await openMenu(ann, "third");
    await menu.waitFor();
    const active = () => page.evaluate<string>("document.activeElement.textContent");
    expect(await active()).toBe("👍");
    await page.keyboard.press("ArrowDown");
    expect(await active()).toBe("Reply");
    await page.keyboard.press("End");
    expect(await active()).toBe("Delete…");
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.className")).toBe("message");
    // The browser takes Escape for a wish that no page can refuse when nothing else was pressed since the last.
    for (let again = 0; again < 3; again += 1) {
      await page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ContextMenu', bubbles: true }))",
      );
      await menu.waitFor();
      await page.keyboard.press("Escape");
      await menu.waitFor({ state: "detached" });
      expect(await page.evaluate("document.activeElement.className")).toBe("message");
    }

    // Sideways into the message, and back to it.
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BUTTON");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.className")).toBe("message");

    await messageOf(ann, "third").locator(".bubble").click({ button: "right" });
    await menu.waitFor();
    await ann.picture("menu-wide");
    expect(await ann.barriers()).toEqual([]);
    await page.mouse.click(5, 5);
    await menu.waitFor({ state: "detached" });
    await page.locator(".message", { hasText: "third" }).hover();
    await ann.picture("tools-wide");

    const phone = await enter("ann", `/c/${id}`, narrow);
    await phone.sees("the third of them");
    const bubble = await messageOf(phone, "third").locator(".bubble").boundingBox();
    if (bubble === null) throw new Error("no bubble");
    const devtools = await phone.page.context().newCDPSession(phone.page);
    const at = { x: bubble.x + 20, y: bubble.y + 12 };
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
    await phone.page.getByRole("menu").waitFor();
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await phone.picture("menu-narrow");
    expect(await phone.barriers()).toEqual([]);
    await phone.page.getByRole("menuitem", { name: "Reply" }).click();
    await phone.page.locator(".composer-about", { hasText: "Reply to" }).waitFor();
    expect([...ann.complaints, ...phone.complaints]).toEqual([]);
  },
);

test(
  "a link to a message opens what stands around it, and an unknown one says so",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { server, enter, acquaint, post } = await openHouse(skip, ["ann", "bob", "cy"]);
    const texts = Array.from({ length: 150 }, (_, index) => `message ${index + 1}`);
    const id = await acquaint("ann", "bob", texts);
    const ann = await enter("ann", `/c/${id}`);
    await ann.sees("message 150");
    await ann.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await (await openMenu(ann, "message 149")).getByRole("menuitem", { name: "Copy link" }).click();
    await ann.page.getByText("Link copied").waitFor();
    const link = await ann.page.evaluate<string>("navigator.clipboard.readText()");
    expect(link).toMatch(new RegExp(`^${server.origin}/c/${id}/m/[0-9a-f-]{36}$`));

    // An answer to a message far above: the quote leads there, and Back to where the reader was.
    const page = await ann.page.evaluate<{ messages: { id: string; body: { text: string } }[] }>(
      `fetch("/auth/refresh", { method: "POST" }).then((answer) => answer.json()).then(({ accessToken }) =>
      fetch("/api/chat/v1/conversations/${id}/messages?around=10&limit=20", {
        headers: { authorization: "Bearer " + accessToken },
      })).then((answer) => answer.json())`,
    );
    const far = page.messages.find(({ body }) => body.text === "message 5");
    await post("bob", `/conversations/${id}/messages`, {
      key: crypto.randomUUID(),
      text: "about the fifth",
      inReplyTo: far?.id,
    });
    await ann.page.locator(".quote", { hasText: "message 5" }).click();
    await ann.page.locator('.message[data-highlighted="true"]', { hasText: "message 5" }).waitFor();
    await ann.picture("jumped");
    expect(new URL(ann.page.url()).pathname).toBe(`/c/${id}/m/${far?.id}`);
    await ann.page.locator('.message[data-highlighted="true"]').waitFor({ state: "detached" });
    await ann.page.goBack();
    await ann.sees("about the fifth");
    await poll("the end of the list", () =>
      ann.page.evaluate<boolean>(
        `(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(document.querySelector(".log"))`,
      ),
    );

    const bob = await enter("bob", `/c/${id}/m/${far?.id}`, narrow);
    await bob.page.locator(".message", { hasText: "message 5" }).first().waitFor();
    await bob.page.goto(`${server.origin}/c/${id}/m/${crypto.randomUUID()}`);
    await bob.page.getByText("This message is not here.").waitFor();
    await bob.sees("about the fifth");
    await bob.picture("lost-message");
    expect(await bob.barriers()).toEqual([]);
    const cy = await enter("cy", `/c/${id}/m/${far?.id}`);
    await cy.page.getByText("There is nothing here").waitFor();
  },
);

test(
  "people are offered while an @ is typed, and whoever is not here is named",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { enter, acquaint } = await openHouse(skip, ["ann", "bob", "cy"]);
    await acquaint("ann", "cy");
    const id = await acquaint("ann", "bob");
    for (const [name, look] of [
      ["wide", wide],
      ["narrow", narrow],
    ] as const) {
      const ann = await enter("ann", `/c/${id}`, look);
      await ann.sees("second");
      const field = ann.page.locator(".composer-input");
      await field.pressSequentially("Ask @b");
      const options = ann.page.locator(".mentions").getByRole("option");
      await options.first().waitFor();
      expect(await options.allTextContents()).toEqual([expect.stringMatching(/^Bbob@bob@/)]);
      await ann.page.keyboard.press("Enter");
      expect(await field.inputValue()).toMatch(/^Ask @bob@\S+ $/);
      expect(await ann.page.getByText("will not get this").count()).toBe(0);
      await field.pressSequentially("or @c");
      await options.first().waitFor();
      await ann.picture(`mention-${name}`);
      expect(await ann.barriers()).toEqual([]);
      await ann.page.keyboard.press("Tab");
      await ann.page.getByText("cy is not in this conversation and will not get this.").waitFor();
      await ann.picture(`mention-stranger-${name}`);
      await field.pressSequentially("@");
      await options.first().waitFor();
      await ann.page.keyboard.press("Escape");
      await options.first().waitFor({ state: "detached" });
      expect(await field.inputValue()).toMatch(/^Ask .*@$/);
      await field.fill("");
      expect(ann.complaints).toEqual([]);
    }
  },
);
