import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeMachine, formatTable, relate } from "./report.ts";
import { benchSend } from "./send.ts";

const usage = `npm run bench -- NAME [options]

  send    from A's request until all three live sessions of B have the message, committed;
          beside a bare relay (floor) and a relay with one commit per batch (prototype)

  --seconds N      of each run (5)
  --rounds N       interleaved (5)
  --rate N,N       messages per second (50,200)
  --lines N        conversations that share the rate (10)
  --idle N,N       idle sessions beside them; the floor and the prototype have the first number (1000,10000)
  --against DIR    another checkout with the same schema and its dependencies, as one more contender
  --json FILE      also write everything there
`;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function numbers(name: string, text: string): number[] {
  const values = text.split(",").map(Number);
  if (values.some((value) => !Number.isInteger(value) || value < 0))
    throw new Error(`--${name} wants whole numbers, not ${text}`);
  return values;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "5" },
    rate: { type: "string", default: "50,200" },
    lines: { type: "string", default: "10" },
    idle: { type: "string", default: "1000,10000" },
    against: { type: "string" },
    json: { type: "string" },
  },
});

async function run(): Promise<void> {
  const one = (name: "seconds" | "rounds" | "lines") => numbers(name, values[name])[0] ?? 0;
  const options = {
    seconds: one("seconds"),
    rounds: one("rounds"),
    rates: numbers("rate", values.rate),
    lines: one("lines"),
    idle: numbers("idle", values.idle),
    against: values.against,
  };
  const series = await benchSend({ ...options, say });
  const lines = relate(series);
  process.stdout.write(`${formatTable(lines)}\n`);
  const report = {
    bench: "send",
    at: new Date().toISOString(),
    machine: describeMachine(),
    options,
    lines,
    series,
  };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

if (positionals.length === 1 && positionals[0] === "send") await run();
else {
  process.stdout.write(usage);
  process.exitCode = 1;
}
