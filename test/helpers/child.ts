import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "./poll.ts";

/** A process that a test has started. */
export interface Child {
  readonly pid: number;
  /** Everything it has written, both streams in the order of arrival. */
  output(): string;
  stdout(): string;
  /** Waits for a text in its output; throws with the output when it ends first or the deadline (ms) passes. */
  waitFor(pattern: RegExp, deadline?: number): Promise<RegExpExecArray>;
  /** Sends a signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Many processes of one run load the same modules: they keep them compiled. */
const compiled = join(tmpdir(), "luciole-compiled");

/** Runs this Node on a file (and arguments); the environment is only what is given, and PATH. */
export function startNode(args: readonly string[], options: ChildOptions = {}): Child {
  const { env, input, ...rest } = options;
  const child = spawn(process.execPath, args, {
    ...rest,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: compiled, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  let [stdout, output] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => ([stdout, output] = [stdout + chunk, output + chunk]));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  let over = false;
  ended.then(
    () => (over = true),
    () => (over = true),
  );
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${args.join(" ")}`);
  return {
    pid,
    ended,
    output: () => output,
    stdout: () => stdout,
    async waitFor(pattern, deadline = 30_000) {
      const found = await poll(
        `${pattern} in:\n${output}`,
        () => pattern.exec(output) ?? (over ? ("over" as const) : undefined),
        deadline,
      );
      if (found === "over") throw new Error(`the process ended without ${pattern}:\n${output}`);
      return found;
    },
    signal: (signal) => void child.kill(signal),
    async kill(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}
