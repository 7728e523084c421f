import { onTestFinished } from "vitest";
import { type Client, LiveSession } from "./client.ts";

/** Starts a live session of somebody that is stopped when the test ends. */
export async function goLive(client: Client): Promise<LiveSession> {
  const session = new LiveSession(client);
  onTestFinished(() => session.stop());
  return await session.start();
}
