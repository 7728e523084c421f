import { Readable } from "node:stream";
import { Pool } from "undici";
import type { Sendable } from "../test/helpers/hostile-signing.ts";
import { now } from "./clock.ts";

/** Something that no server should take. */
export interface Invalid {
  readonly kind: string;
  readonly request: Sendable & { readonly body: string };
  /** The body goes without its length, and with so many blanks behind it. */
  readonly padding?: number;
}

/** Sends what it is given at a steady rate, in a process of its own. Starts at SIGUSR2. */
export interface Flood {
  /** `127.0.0.1:PORT`. */
  readonly at: string;
  /** Per second. */
  readonly rate: number;
  readonly requests: readonly Invalid[];
}

/** How often which kind was answered with which status; 0 for a connection that was cut. */
export type FloodAnswers = Readonly<Record<string, Readonly<Record<string, number>>>>;

const CONNECTIONS = 32;

async function send(pool: Pool, { request, padding }: Invalid): Promise<number> {
  const { target, headers, body } = request;
  try {
    const answer = await pool.request({
      method: "POST",
      path: target,
      headers,
      body: padding === undefined ? body : Readable.from(padded(body, padding)),
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0; // a server may hang up on what it refuses before it has read it
  }
}

async function* padded(body: string, padding: number): AsyncGenerator<Buffer> {
  yield Buffer.from(body);
  const blanks = Buffer.alloc(64 * 1024, " ");
  for (let left = padding; left > 0; left -= blanks.length) yield blanks.subarray(0, left);
}

async function flood({ at, rate, requests }: Flood): Promise<FloodAnswers> {
  const pool = new Pool(`http://${at}`, { connections: CONNECTIONS });
  const answers: Record<string, Record<string, number>> = {};
  const sending: Promise<void>[] = [];
  const start = now();
  for (const [index, invalid] of requests.entries()) {
    const left = start + (index * 1000) / rate - now();
    if (left > 1) await new Promise((resolve) => setTimeout(resolve, left));
    const counted = send(pool, invalid).then((status) => {
      const counts = (answers[invalid.kind] ??= {});
      counts[status] = (counts[status] ?? 0) + 1;
    });
    sending.push(counted);
  }
  await Promise.all(sending);
  await pool.destroy();
  return answers;
}

if (import.meta.main) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const work = JSON.parse(Buffer.concat(chunks).toString()) as Flood;
  const started = new Promise<void>((resolve) => process.once("SIGUSR2", () => resolve()));
  const awake = setInterval(() => {}, 1_000);
  process.stdout.write("ready\n");
  await started;
  clearInterval(awake);
  process.stdout.write(`${JSON.stringify(await flood(work))} done\n`);
}
