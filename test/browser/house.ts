import type { Browser } from "playwright-core";
import postgres from "postgres";
import { onTestFinished } from "vitest";
import { openBrowser } from "../helpers/browser.ts";
import { type ServerOptions, startServer, type TestServer } from "../helpers/server.ts";
import { type Look, visit, type Visit, wide } from "./person.ts";

/** A server with people, and a browser to visit it. */
export interface House {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Opens a page as somebody who is signed in. */
  enter(handle: string, path?: string, look?: Look): Promise<Visit>;
  /** Does something over the API as somebody. */
  post<Answer>(handle: string, path: string, body: unknown): Promise<Answer>;
  get<Answer>(handle: string, path: string): Promise<Answer>;
  put<Answer>(handle: string, path: string, body: unknown): Promise<Answer>;
  patch<Answer>(handle: string, path: string, body: unknown): Promise<Answer>;
  password(handle: string): string;
  /** Says something in a conversation as somebody. */
  say(handle: string, conversationId: string, text: string): Promise<void>;
  /** Puts so many messages into a conversation of two, ten minutes apart, the last one now; everybody has read them. */
  fill(conversationId: string, count: number): Promise<void>;
  /** Makes so many people, with each of whom somebody has begun a conversation; nothing was said in them. */
  crowd(handle: string, count: number): Promise<void>;
  /** Two people who have written with each other, and then more; answers the conversation's id. */
  acquaint(one: string, other: string, texts?: readonly string[]): Promise<string>;
}

/** Opens a house that is gone when the test ends; its server runs within this process. */
export function openHouse(
  skip: (why: string) => void,
  handles: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<House> {
  return furnish(skip, handles, { env, inside: true });
}

/** The same with a server that is a process of its own: it can be killed and started again. */
export function openMortalHouse(skip: (why: string) => void, handles: readonly string[]): Promise<House> {
  return furnish(skip, handles, {});
}

async function furnish(
  skip: (why: string) => void,
  handles: readonly string[],
  options: Pick<ServerOptions, "env" | "inside">,
): Promise<House> {
  const server = await startServer(options);
  onTestFinished(() => server.stop());
  const browser = await openBrowser(skip); // later than the server, so that it ends first
  const accounts = handles.map(async (handle) => [handle, await server.createAccount(handle)] as const);
  const keys = new Map(await Promise.all(accounts));
  const password = (handle: string) => keys.get(handle)?.password ?? "";

  async function ask<Answer>(handle: string, path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${server.origin}/api/chat/v1${path}`, {
      headers: { authorization: `Bearer ${keys.get(handle)?.token}`, "content-type": "application/json" },
      ...init,
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  const get = <Answer>(handle: string, path: string) => ask<Answer>(handle, path, {});
  const post = <Answer>(handle: string, path: string, body: unknown) =>
    ask<Answer>(handle, path, { method: "POST", body: JSON.stringify(body) });
  const put = <Answer>(handle: string, path: string, body: unknown) =>
    ask<Answer>(handle, path, { method: "PUT", body: JSON.stringify(body) });
  const patch = <Answer>(handle: string, path: string, body: unknown) =>
    ask<Answer>(handle, path, { method: "PATCH", body: JSON.stringify(body) });

  async function acquaint(one: string, other: string, texts: readonly string[] = []): Promise<string> {
    const begun = await post<{ conversation: { id: string } }>(one, "/conversations", {
      address: `@${other}`,
    });
    const { id } = begun.conversation;
    await say(one, id, "first");
    await say(other, id, "second");
    for (const text of texts) await say(one, id, text);
    return id;
  }

  async function say(handle: string, conversationId: string, text: string): Promise<void> {
    await post(handle, `/conversations/${conversationId}/messages`, { key: crypto.randomUUID(), text });
  }

  async function fill(conversationId: string, count: number): Promise<void> {
    const sql = postgres(server.databaseUrl ?? "", { max: 1, onnotice: () => {} });
    await sql`
      insert into message
        (id, conversation_id, author_id, position, revision, text, audience, sent_at, received_at)
      select gen_random_uuid(), m.conversation_id, m.author_id, c.position + n, c.revision + n, 'message ' || n,
        m.audience, now() - (${count} - n) * interval '10 minutes', now() - (${count} - n) * interval '10 minutes'
      from conversation c, generate_series(1, ${count}::int) n
        join message m on m.conversation_id = ${conversationId} and m.position = 1 + n % 2
      where c.id = ${conversationId}`;
    await sql`
      update conversation set position = position + ${count}, revision = revision + ${count}
      where id = ${conversationId}`;
    await sql`
      update member set read_position = c.position from conversation c
      where c.id = conversation_id and conversation_id = ${conversationId}`;
    await sql.end();
  }

  async function crowd(handle: string, count: number): Promise<void> {
    const sql = postgres(server.databaseUrl ?? "", { max: 1, onnotice: () => {} });
    await sql`
      create temporary table one_of_many as
      select n, gen_random_uuid() as person, gen_random_uuid() as conversation from generate_series(1, ${count}::int) n`;
    await sql`
      insert into person (id, handle, name, created_at)
      select person, 'crowd' || n, 'crowd' || n, now() from one_of_many`;
    await sql`
      insert into conversation (id, kind, activity_at, created_by, created_at)
      select conversation, 'direct', now() - n * interval '1 minute', p.id, now() - n * interval '1 minute'
      from one_of_many, person p where p.handle = ${handle} and p.host is null`;
    await sql`
      insert into member (conversation_id, person_id, role, state, rank)
      select conversation, person, 'member', 'accepted', 1 from one_of_many
      union all
      select conversation, p.id, 'member', 'accepted', 2 from one_of_many, person p
      where p.handle = ${handle} and p.host is null`;
    await sql.end();
  }

  async function enter(handle: string, path = "/", look: Look = wide): Promise<Visit> {
    const session = await visit(browser, server.origin + path, look);
    await session.signIn(handle, password(handle));
    return session;
  }

  return { server, browser, enter, post, get, put, patch, say, fill, crowd, password, acquaint };
}
