import { findFreePort } from "#db/embedded/postmaster.ts";
import { makeKeyPairs, saveKeyPairs } from "#domain/keys.ts";
import type { PersonId } from "#lib/ids.ts";
import { startApp, type Answer, type RequestOptions, type TestApp } from "./app.ts";

/** Somebody of one of them, with keys to sign with. */
export interface Resident {
  readonly app: TestApp;
  readonly id: string;
  readonly token: string;
  /** As the other server knows them. */
  readonly address: string;
  /** One request of theirs to the chat API. */
  ask(path: string, options?: Omit<RequestOptions, "token">): Promise<Answer>;
}

/** Starts two servers in this process that reach each other; they end with the test. */
export async function startTwoApps(): Promise<[TestApp, TestApp]> {
  const ports = [await findFreePort(), await findFreePort()] as const;
  const peers = ports.map((port) => `localhost:${port}`);
  return [await startApp({ port: ports[0], peers }), await startApp({ port: ports[1], peers })];
}

/** Makes somebody of one of them. */
export async function resident(app: TestApp, handle: string): Promise<Resident> {
  const { id, token } = await app.person(handle);
  await saveKeyPairs(app.ctx, app.ctx.db, { personId: id as PersonId, pairs: await makeKeyPairs() });
  const address = `@${handle}@${new URL(app.origin).host}`;
  const ask: Resident["ask"] = (path, options) => app.request(`/api/chat/v1${path}`, { token, ...options });
  return { app, id, token, address, ask };
}
