import { Hono } from "hono";
import { expect, test } from "vitest";
import { commonHeaders } from "./headers.ts";

async function strictTransport(origin: string): Promise<string | null> {
  const app = new Hono().use("*", commonHeaders(origin)).get("/", (c) => c.text(""));
  return (await app.request("/")).headers.get("Strict-Transport-Security");
}

test.each(["https://chat.example", "https://chat.example:8443", "https://192.0.2.1"])(
  "browsers come back to %s over TLS only",
  async (origin) => expect(await strictTransport(origin)).toBe("max-age=31536000"),
);

test.each([
  "http://localhost:3000",
  "https://localhost:8443",
  "https://a.localhost",
  "https://127.0.0.1:8444",
  "https://[::1]:8444",
])("what else runs on this machine keeps its http beside %s", async (origin) =>
  expect(await strictTransport(origin)).toBeNull(),
);
