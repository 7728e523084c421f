import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks } from "./person.ts";

interface Sent {
  message: { id: string };
}

test.for(looks)(
  "a chain of replies opens beside the conversation, grows there, and its messages stay in the flow: %s",
  { timeout: 180_000 },
  async ([name, look], { skip }) => {
    const { enter, acquaint, post } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob");
    const path = `/conversations/${id}/messages`;
    const say = async (handle: string, text: string, inReplyTo?: string) => {
      const key = crypto.randomUUID();
      const { message } = await post<Sent>(handle, path, { key, text, ...(inReplyTo && { inReplyTo }) });
      return message.id;
    };
    const root = await say("ann", "Who brings the lanterns?");
    const answer = await say("bob", "I can bring two", root);
    for (let index = 0; index < 60; index += 1) await say("ann", `something else ${index}`);
    const deep = await say("ann", "And the candles?", answer);
    const { page, picture, barriers, complaints, sees } = await enter("ann", `/c/${id}`, look);
    await sees("And the candles?");
    await page.locator(`[data-id="${deep}"]`).press("Enter");
    await page.getByRole("menuitem", { name: "Show replies" }).click();
    const chain = page.getByRole("region", { name: "Replies" });
    const texts = () => chain.locator(".text").allTextContents();
    await poll("the whole chain", async () => (await texts()).length === 3);
    expect(await texts()).toEqual(["Who brings the lanterns?", "I can bring two", "And the candles?"]);
    await picture(`${name}-chain`);
    const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect({ overflow, barriers: await barriers() }).toEqual({ overflow: 0, barriers: [] });

    // A new answer appears in both places; another message only in the flow.
    await say("bob", "Those too", deep);
    await say("bob", "Unrelated");
    await poll("the new answer in the chain", async () => (await texts()).at(-1) === "Those too");
    await sees("Those too", "Unrelated");

    // Back closes it, and from the chain one gets to the message in the flow.
    await page.goBack();
    await chain.waitFor({ state: "detached" });
    expect(new URL(page.url()).pathname).toBe(`/c/${id}`);
    await page.locator(`[data-id="${deep}"]`).press("Enter");
    await page.getByRole("menuitem", { name: "Show replies" }).click();
    await chain.getByRole("button", { name: "Show in the conversation" }).first().click();
    await page.locator(`[data-id="${root}"][data-highlighted="true"]`).waitFor();
    expect(await page.locator(`[data-id="${root}"]`).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  },
);
