import type { House } from "./house.ts";
import type { Visit } from "./person.ts";

interface View {
  conversation: { id: string };
}

/** A group of these people, who have all accepted; the first owns it. */
export async function gather(house: House, title: string, handles: readonly string[]): Promise<string> {
  const [owner = "", ...others] = handles;
  const { conversation } = await house.post<View>(owner, "/conversations", { title });
  for (const handle of others) {
    await house.post(owner, `/conversations/${conversation.id}/invitations`, { address: `@${handle}` });
    const { invitations } = await house.get<{ invitations: { id: string }[] }>(handle, "/me/own");
    for (const { id } of invitations) await house.post(handle, `/invitations/${id}/accept`, {});
  }
  return conversation.id;
}

/** Opens the details of a group. */
export async function openDetails({ page }: Visit): Promise<void> {
  const button = page.locator(".thread-bar").getByRole("button", { name: "Details" });
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  await page.locator(".group-card").waitFor();
}

/** Chooses what is done with somebody of the members. */
export async function choose({ page }: Visit, name: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}
