import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, onTestFinished, test } from "vitest";
import { configureLogs } from "#lib/log.ts";
import { startApp } from "../../test/helpers/app.ts";
import { answerError } from "./errors.ts";

const secret = "canary-of-a-fault";

/** What is logged until the test ends. */
function logged(): string[] {
  const lines: string[] = [];
  configureLogs({ level: "debug", format: "json", write: (line) => lines.push(line) });
  onTestFinished(() => configureLogs({ level: "error", format: "json", write: () => {} }));
  return lines;
}

test.each([403, 404, 405, 413, 418, 429, 451, 503] as const)(
  "CL-06 what was thrown with the status %i is answered with it",
  async (status) => {
    const app = new Hono().get("/", () => {
      throw new HTTPException(status, { message: "no" });
    });
    app.onError(answerError);
    const answer = await app.request("/");
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: `http_${status}` }]);
  },
);

test("CL-06 of what nobody expected an id is shown, under which it is logged, and nothing else", async () => {
  const lines = logged();
  const app = await startApp();
  const { token } = await app.person("ann");
  await app.connection.sql.unsafe(`alter table folder rename to "${secret}"`);
  const { status, text, headers } = await app.request("/api/chat/v1/me/folders", { token });
  expect(status).toBe(500);
  const { message, ...rest } = JSON.parse(text) as { message: string };
  expect(rest).toEqual({ error: "internal" });
  const [id = ""] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(message) ?? [];
  expect(message).toBe(`Something went wrong here (${id}).`);
  expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
  const shown = text + JSON.stringify([...headers]);
  for (const inside of ["folder", "select", " at ", ".ts", "node_modules", "Error", token])
    expect(shown).not.toContain(inside);
  expect(lines.join("\n")).not.toContain(token);
});
