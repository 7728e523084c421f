import { saveKeyPairs, makeKeyPairs } from "#domain/keys.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Sent } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import type { HostileApp } from "./hostile-app.ts";
import { poll } from "./poll.ts";

/** Lets ann take a request and answer it; settles when nothing of it is on its way any more. Once in a test. */
export async function answer(app: HostileApp, conversationId: string, text: string): Promise<Message> {
  const { ctx } = app.app;
  const { id, token } = app.ann;
  await saveKeyPairs(ctx, ctx.db, { personId: id as PersonId, pairs: await makeKeyPairs() });
  const path = `/api/chat/v1/conversations/${conversationId}`;
  await app.request(`${path}/accept`, { method: "POST", token });
  const json = { key: crypto.randomUUID(), text };
  const { message } = (await app.request(`${path}/messages`, { token, json })).json as Sent;
  await poll("all is delivered", async () => {
    const [row] = await app.connection.sql<{ waiting: number; all: number }[]>`
      select (count(*) filter (where state = 'waiting'))::int as waiting, count(*)::int as all from delivery`;
    return row !== undefined && row.all > 0 && row.waiting === 0;
  });
  return message;
}
