import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { checkRun, gatherEvidence, Incorrect } from "./check.ts";
import type { Contender } from "./contender.ts";
import { cpuSeconds } from "./cpu.ts";
import { runLoad, type Run } from "./load.ts";
import { startPrototype } from "./relays.ts";
import { formatLines, relate } from "./report.ts";
import { benchSend } from "./send.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("send measures floor, prototype and us in one run, every message accounted for", async () => {
  const options = { seconds: 1, rounds: 1, rates: [20], lines: 2, idle: [5], say: () => {} };
  const lines = relate(await benchSend(options));
  expect(lines.map(({ contender, idle }) => [contender, idle])).toEqual([
    ["floor", 5],
    ["prototype", 5],
    ["luciole", 5],
  ]);
  for (const { p50, p50ToPrototype } of lines) {
    expect(p50.median).toBeGreaterThan(0);
    expect(p50ToPrototype.median).toBeGreaterThan(0);
  }
  expect(formatLines(lines).split("\n")).toHaveLength(2 + lines.length);
});

/** A run that is correct, to be spoiled. */
async function playPrototype(contender: Contender) {
  const run = await runLoad(contender, { rate: 50, seconds: 0.5, seed: 1 });
  return { run, evidence: await gatherEvidence(contender, [0]) };
}

test.runIf(process.platform === "linux")("CPU of a process counts that of its children too", async () => {
  const burn = "while (process.cpuUsage().user < 300_000);";
  const child = spawn(process.execPath, [
    "-e",
    `require("child_process").spawnSync(process.execPath, ["-e", "${burn}"]); process.stdout.write("done"); setInterval(() => {}, 1000)`,
  ]);
  try {
    await once(child.stdout, "data");
    expect(await cpuSeconds(child.pid!)).toBeGreaterThan(0.25);
  } finally {
    child.kill("SIGKILL");
  }
});

test("figures of a run that lost, repeated, disordered or did not store a message are refused", async () => {
  const prototype = await startPrototype({ lines: 1, idle: 0 });
  try {
    const { run, evidence } = await playPrototype(prototype);
    const [arrivals = []] = run.arrivals;
    const [{ rows, after } = { rows: null, after: 0 }] = evidence;
    const check = (spoiled: Partial<Run>, found = evidence) =>
      checkRun({ name: "it", sessions: 3 }, { ...run, ...spoiled }, found);
    expect(() => check({})).not.toThrow();
    expect(() => check({ arrivals: [arrivals.slice(1)] })).toThrow(/is lost/);
    expect(() => check({ arrivals: [[...arrivals, arrivals[0]!]] })).toThrow(/came 2 times/);
    expect(() => check({ arrivals: [arrivals.toReversed()] })).toThrow(/has number/);
    expect(() => check({ sends: run.sends.slice(1) })).toThrow(/was never sent/);
    expect(() => check({ sends: [{ ...run.sends[0]!, acknowledged: null }, ...run.sends.slice(1)] })).toThrow(
      /never acknowledged/,
    );
    expect(() => check({ sends: run.sends.map((send) => ({ ...send, text: "?" })) })).toThrow(/another text/);
    expect(() => check({}, [{ after, rows: rows!.slice(1) }])).toThrow(Incorrect);
    const late = { ...run.sends[0]!, sent: Infinity };
    expect(() => check({ sends: [...run.sends.slice(1), late] })).toThrow(/acknowledged before it was sent/);
  } finally {
    await prototype.close();
  }
});
