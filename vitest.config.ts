import { defineConfig } from "vitest/config";
import { SlowFirst } from "./test/helpers/sequencer.ts";

// Real PostgreSQL, real processes, real browsers: generous limits, so that a slow machine is slow and not red.
const slow = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    environment: "node",
    globalSetup: ["./test/global-setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    // A build machine (.ci/run) reads the counts from the file.
    reporters: process.env["CI"] ? ["default", "json"] : ["default"],
    outputFile: { json: "artifacts/tests.json" },
    ...slow,
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
  },
});
