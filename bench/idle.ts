import { WebSocket } from "ws";

/** Holds sessions that only listen. Input: a list of addresses, each with its subprotocols; ends when one of them closes. */
export interface IdleSession {
  readonly url: string;
  readonly protocols: readonly string[];
}

/** Sockets that are being opened at a time. */
const ABREAST = 64;

async function open({ url, protocols }: IdleSession): Promise<void> {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("close", (code) => {
    process.stderr.write(`an idle session was closed (${code})\n`);
    process.exit(1);
  });
}

if (import.meta.main) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const sessions = JSON.parse(Buffer.concat(chunks).toString()) as IdleSession[];
  const next = sessions[Symbol.iterator]();
  const opener = async (): Promise<void> => {
    for (const session of next) await open(session);
  };
  await Promise.all(Array.from({ length: ABREAST }, opener));
  process.stdout.write(`ready: ${sessions.length}\n`);
}
