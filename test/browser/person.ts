import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { poll } from "../helpers/poll.ts";

const screenshots = join(import.meta.dirname, "../../artifacts/screenshots");

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

export const wide: Look = { width: 1280, height: 800, scheme: "light" };
export const narrow: Look = { width: 360, height: 640, scheme: "dark" };

/** Both widths in both schemes, by name. */
export const looks: readonly (readonly [name: string, look: Look])[] = [
  ["wide-light", wide],
  ["wide-dark", { ...wide, scheme: "dark" }],
  ["narrow-light", { ...narrow, scheme: "light" }],
  ["narrow-dark", narrow],
];

/** The words of every message that is shown, without what stands beside them. */
const shownTexts = `[...document.querySelectorAll(".message .text")].map((text) => {
  const copy = text.cloneNode(true);
  for (const beside of copy.querySelectorAll(".meta, .code-top")) beside.remove();
  return copy.textContent;
})`;

const findBarriers = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target.join(" "))),
)`;

/** One session of somebody: a page in a browser profile of its own. */
export interface Visit {
  readonly page: Page;
  /** What the console complained of. */
  readonly complaints: string[];
  signIn(handle: string, password: string): Promise<void>;
  /** Opens a conversation of the list. */
  open(name: string): Promise<void>;
  /** Writes a message and sends it with Enter. */
  write(text: string): Promise<void>;
  /** The texts of the messages that are shown, from top to bottom. */
  texts(): Promise<string[]>;
  /** Waits until these are the last messages shown. */
  sees(...expected: string[]): Promise<void>;
  /** Keeps a picture among the artefacts of the run. */
  picture(name: string): Promise<void>;
  /** Opens another tab of the same browser profile: one jar of cookies. */
  beside(address: string): Promise<Visit>;
  /** What axe finds serious or critical. */
  barriers(): Promise<string[]>;
}

/** Opens a page of a server in a fresh browser profile. */
export async function visit(browser: Browser, address: string, look: Look = wide): Promise<Visit> {
  return call(await openPage(browser, look), address);
}

async function call(page: Page, address: string): Promise<Visit> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(address);
  const texts = () => page.evaluate<string[]>(shownTexts);
  return {
    page,
    complaints,
    texts,
    async signIn(handle, password) {
      await page.getByLabel("Handle").fill(handle);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.locator(".conversations, .empty-list").first().waitFor({ state: "attached" });
    },
    async open(name) {
      await page.locator(".conversation", { hasText: name }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
    },
    async write(text) {
      await page.locator(".composer-input").fill(text);
      await page.keyboard.press("Enter");
    },
    async sees(...expected) {
      const wanted = JSON.stringify(expected);
      await poll(`${wanted} as the last messages`, async () => {
        return JSON.stringify((await texts()).slice(-expected.length)) === wanted;
      });
    },
    async picture(name) {
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
    beside: async (elsewhere) => call(await page.context().newPage(), elsewhere),
    barriers: () => barriers(page),
  };
}

/** Gives a page an authenticator that makes passkeys and knows its user. */
export async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true },
    },
  });
}

async function openPage(browser: Browser, { width, height, scheme }: Look): Promise<Page> {
  const small = width < 768;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    hasTouch: small,
    isMobile: small,
    locale: "en-GB",
    reducedMotion: "reduce",
    ignoreHTTPSErrors: true,
  });
  return context.newPage();
}

/** Asks axe, which is put into each page once. */
async function barriers(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  return await page.evaluate<string[]>(findBarriers);
}
