import type { Browser } from "playwright-core";
import { onTestFinished } from "vitest";
import { launchBrowser } from "../helpers/browser.ts";
import { startServer, type TestServer } from "../helpers/server.ts";
import { type Look, visit, type Visit, wide } from "./person.ts";

/** A server with people, and a browser to visit it. */
export interface House {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Opens a page as somebody who is signed in. */
  enter(handle: string, path?: string, look?: Look): Promise<Visit>;
  /** Does something over the API as somebody. */
  post<Answer>(handle: string, path: string, body: unknown): Promise<Answer>;
  password(handle: string): string;
  /** Two people who have written with each other, and then more; answers the conversation's id. */
  acquaint(one: string, other: string, texts?: readonly string[]): Promise<string>;
}

/** Opens a house that is gone when the test ends. */
export async function openHouse(
  skip: (why: string) => void,
  handles: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<House> {
  const browser = await launchBrowser(skip);
  onTestFinished(() => browser.close());
  const server = await startServer({ env });
  onTestFinished(() => server.stop());
  const keys = new Map<string, { token: string; password: string }>();
  for (const handle of handles) keys.set(handle, await server.createAccount(handle));
  const password = (handle: string) => keys.get(handle)?.password ?? "";

  async function post<Answer>(handle: string, path: string, body: unknown): Promise<Answer> {
    const response = await fetch(`${server.origin}/api/chat/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.get(handle)?.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async function acquaint(one: string, other: string, texts: readonly string[] = []): Promise<string> {
    const begun = await post<{ conversation: { id: string } }>(one, "/conversations", {
      address: `@${other}`,
    });
    const path = `/conversations/${begun.conversation.id}/messages`;
    const say = (handle: string, text: string) => post(handle, path, { key: crypto.randomUUID(), text });
    await say(one, "first");
    await say(other, "second");
    for (const text of texts) await say(one, text);
    return begun.conversation.id;
  }

  async function enter(handle: string, path = "/", look: Look = wide): Promise<Visit> {
    const session = await visit(browser, server.origin + path, look);
    await session.signIn(handle, password(handle));
    return session;
  }

  return { server, browser, enter, post, password, acquaint };
}
