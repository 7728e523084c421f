import { openTicket } from "#domain/tickets.ts";
import type { PersonId } from "#lib/ids.ts";
import type { SessionList } from "#protocol/sessions.ts";
import type { TestApp } from "./app.ts";

const base = "/api/chat/v1";

/** The session that somebody asks with. */
export async function sessionOf(app: TestApp, { token }: { token: string }): Promise<string> {
  const { json } = await app.request(`${base}/me/sessions`, { token });
  return (json as SessionList).sessions.find(({ current }) => current)!.id;
}

/** A ticket of somebody who has just shown once more who they are. */
export async function confirmed(app: TestApp, { id, token }: { id: string; token: string }): Promise<string> {
  const sessionId = await sessionOf(app, { token });
  const opened = { purpose: "confirmation", seconds: 300, data: { sessionId } } as const;
  return await openTicket(app.ctx, app.ctx.db, { ...opened, personId: id as PersonId });
}
