import { getLogger, type Logger, resetSync } from "@logtape/logtape";
import { afterEach, expect, test } from "vitest";
import { configureLogs, log, type LogSettings } from "./log.ts";
import { Refusal } from "./refusal.ts";
import { StartupError } from "./startup-error.ts";

const canary = "CANARY-8f31";
afterEach(() => resetSync());

function capture(settings: Partial<LogSettings> = {}): string[] {
  const lines: string[] = [];
  configureLogs({ level: "debug", format: "json", write: (line) => lines.push(line), ...settings });
  return lines;
}

test("a line is one JSON object with time, level, layer, text and the named fields", () => {
  const lines = capture();
  log("routes").info("answered", { route: "/api/chat/v1/sync", status: 200, ms: 3 });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith("\n")).toBe(true);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    from: "luciole.routes",
    text: "answered",
    route: "/api/chat/v1/sync",
    status: 200,
    ms: 3,
  });
});

test("what Fedify logs of an activity never gets out, by any of its names or depths", () => {
  for (const format of ["json", "text"] as const) {
    const lines = capture({ format });
    const fedify = getLogger(["fedify", "federation", "inbox"]);
    const hidden = {
      activity: { content: canary },
      json: canary,
      body: canary,
      messages: [canary],
      headers: canary,
    };
    fedify.error("Failed to process {activity}:\n{json}", { ...hidden, activityId: "https://b.example/1" });
    fedify.error("{message} {error}", { message: canary, error: new Error(canary), id: { content: canary } });
    expect(fedify.error`Failed ${canary} and ${{ content: canary }}`).toBeUndefined();
    everyLevel(fedify, hidden);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join("")).not.toContain(canary);
    expect(lines.join("")).toContain("https://b.example/1");
  }
});

function everyLevel(logger: Logger, fields: Record<string, unknown>): void {
  logger.debug("{body}", fields);
  logger.info("{body}", fields);
  logger.warn("{body}", fields);
  logger.fatal("{body}", fields);
}

test("an unnamed property of our own loggers is dropped as well", () => {
  const lines = capture();
  const fields = { text: canary, token: canary, personId: "p1", status: { nested: canary } };
  log("domain").info("posted", fields as object);
  expect(lines.join("")).not.toContain(canary);
  expect(lines.join("")).toContain('"personId":"p1"');
});

test("a foreign error shows its class, code and place, never its message", () => {
  for (const format of ["json", "text"] as const) {
    const lines = capture({ format });
    const cause = Object.assign(new Error(`Failing row contains (${canary})`), {
      code: "23505",
      detail: `Key (text)=(${canary}) already exists.`,
      constraint_name: "person_handle_key",
    });
    const error = new Error(`Failed query: insert\nparams: ${canary}\n    at ${canary} (file:///x.ts:1:1)`, {
      cause,
    });
    log("db").error("a statement failed", { error });
    const all = lines.join("");
    expect(all).not.toContain(canary);
    expect(all).toContain("23505");
    expect(all).toContain("person_handle_key");
    expect(all).toContain("log.test.ts");
  }
});

test("errors of our own are shown with their message", () => {
  const lines = capture();
  log("boot").error("cannot start", { error: new StartupError("PORT must be a number") });
  log("routes").warn("refused", { error: new Refusal("too_long", { field: "text" }) });
  expect(lines.join("")).toContain("PORT must be a number");
  expect(lines.join("")).toContain("too_long (text)");
});

test("a thrown value that is no error gives only its type away", () => {
  const lines = capture();
  log("jobs").error("failed", { error: canary });
  log("jobs").error("failed", { error: { body: canary } });
  log("jobs").error("failed", {
    error: Object.assign(new Error("x"), { name: `${canary} is long and spaced` }),
  });
  expect(lines.join("")).not.toContain(canary);
});

test("a value from outside cannot forge a second line or colour a terminal, and is cut", () => {
  const lines = capture({ format: "text" });
  log("federation").warn("unknown key", {
    keyId: `https://e.example/\n12:00 error forged\u001b[2J\u202e${"x".repeat(999)}`,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(lines[0]?.length).toBeLessThan(400);
});

test("levels below the setting stay silent, and Fedify speaks from warning up", () => {
  const lines = capture({ level: "info" });
  log("boot").debug("no");
  getLogger(["fedify", "federation"]).info("no");
  log("boot").info("yes");
  getLogger(["fedify", "federation"]).warn("yes");
  expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(["yes", "yes"]);
});
