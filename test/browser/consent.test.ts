import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openHouse } from "./house.ts";
import { looks, visit } from "./person.ts";

/** An app on the person's own machine: answers how it was called. */
async function openCallback(): Promise<string> {
  const server = createServer((_, response) => response.end("back in the app"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/back`;
}

test("whoever is sent by an app signs in first, sees what it asks for, and goes back with a code", async ({
  skip,
}) => {
  const house = await openHouse(skip, ["ann"]);
  const { origin } = house.server;
  const callback = await openCallback();
  const oob = "urn:ietf:wg:oauth:2.0:oob";
  const made = await fetch(`${origin}/api/v1/apps`, {
    method: "POST",
    body: new URLSearchParams({
      client_name: "A Small App",
      redirect_uris: `${callback}\n${oob}`,
      scopes: "read write follow",
      website: "https://small.example/",
    }),
  });
  const { client_id } = (await made.json()) as { client_id: string };
  const addressFor = (redirect_uri: string, more: Record<string, string> = {}) =>
    `${origin}/oauth/authorize/?${new URLSearchParams({ client_id, redirect_uri, response_type: "code", ...more })}`;
  const asked = addressFor(callback, { scope: "read follow write:media", state: "a state" });
  const session = await visit(house.browser, asked);
  const { page } = session;
  await page.getByLabel("Handle").fill("ann");
  await page.getByLabel("Password").fill(house.password("ann"));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "A Small App" }).waitFor();
  await page.getByText("Decide whom you follow, block and mute").waitFor();
  await page.getByText("write:media").waitFor();
  await page.getByText(new URL(callback).host).waitFor();
  expect(await session.barriers()).toEqual([]);
  for (const [name, { width, height, scheme }] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await session.picture(`consent-${name}`);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }
  await page.getByRole("button", { name: "Let in", exact: true }).click();
  await page.getByText("back in the app").waitFor();
  const back = new URL(page.url());
  expect(back.searchParams.get("state")).toBe("a state");
  expect(back.searchParams.get("code")).toMatch(/^luc_/);
  expect(back.searchParams.get("iss")).toBe(origin);

  await page.goto(addressFor(oob));
  await page.getByRole("button", { name: "Let in", exact: true }).click();
  await page.getByRole("heading", { name: "Your code" }).waitFor();
  await page.getByText(/^luc_[\w-]{43}$/).waitFor();
  await page.getByRole("button", { name: "Copy the code" }).waitFor();
  await session.picture("consent-code");
  expect(await session.barriers()).toEqual([]);

  await page.goto(addressFor("https://evil.example/"));
  await page.getByText("This is not a question that can be answered").waitFor();
  await session.picture("consent-faulty");
  await page.goto(addressFor(callback));
  await page.getByRole("button", { name: "Do not let in" }).click();
  await page.getByText("back in the app").waitFor();
  expect(new URL(page.url()).searchParams.get("error")).toBe("access_denied");
});
