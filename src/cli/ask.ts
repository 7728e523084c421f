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
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The terminal stops echoing here, before the first question is shown.
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  terminal.once("SIGINT", () => reject(new StartupError("password: cancelled")));
  terminal.once("close", () => reject(new StartupError("password: cancelled")));
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await Promise.race([terminal.question(""), cancelled]);
    process.stderr.write("\n");
    return answer;
  };
  try {
    const password = await ask("Password: ");
    if ((await ask("Once more: ")) !== password) throw new StartupError("password: the two entries differ");
    return password;
  } finally {
    terminal.removeAllListeners("close");
    terminal.close();
  }
}
