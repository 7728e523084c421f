import type { ConversationView, Sent } from "#protocol/api.ts";
import type { TestApp } from "./app.ts";

export const base = "/api/chat/v1";

/** Begins a conversation with somebody; answers its id. */
export async function begin(app: TestApp, from: { token: string }, address: string): Promise<string> {
  const { json } = await app.request(`${base}/conversations`, { token: from.token, json: { address } });
  return (json as ConversationView).conversation.id;
}

/** Says something in a conversation. */
export async function say(
  app: TestApp,
  from: { token: string },
  [conversation, text]: readonly [string, string],
): Promise<Sent> {
  const path = `${base}/conversations/${conversation}/messages`;
  const { json } = await app.request(path, { token: from.token, json: { key: crypto.randomUUID(), text } });
  return json as Sent;
}
