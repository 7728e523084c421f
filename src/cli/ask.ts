import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { StartupError } from "#lib/startup-error.ts";

/** Reads one line of standard input. */
export async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
  }
}

/** Asks twice for a new password at the terminal, without showing it; where there is no terminal, takes a line of stdin. */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readLine();
  const password = await askHidden("Password: ");
  if ((await askHidden("Once more: ")) !== password)
    throw new StartupError("password: the two entries differ");
  return password;
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    const cancelled = new Promise<never>((_resolve, reject) => {
      terminal.once("SIGINT", () => reject(new StartupError("password: cancelled")));
      terminal.once("close", () => reject(new StartupError("password: cancelled")));
    });
    return await Promise.race([terminal.question(""), cancelled]);
  } finally {
    terminal.removeAllListeners("close");
    terminal.close();
    process.stderr.write("\n");
  }
}
