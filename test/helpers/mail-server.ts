import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";
import { poll } from "./poll.ts";

/** A letter as a mail server took it. */
export interface Letter {
  /** As the envelope says. */
  to: string[];
  from: string;
  head: string;
  text: string;
}

export interface MailServer {
  readonly url: string;
  readonly letters: Letter[];
  /** Waits for the next letters, as many as are asked for in all. */
  take(count: number): Promise<Letter[]>;
}

/** Starts a mail server on loopback that takes everything; it ends with the test. */
export async function startMailServer(): Promise<MailServer> {
  const letters: Letter[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const [head = "", ...rest] = Buffer.concat(chunks).toString().split("\r\n\r\n");
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const text = decode(head, rest.join("\r\n\r\n"));
        letters.push({ to: rcptTo.map(({ address }) => address), from, head, text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    take: (count) => poll("letters", () => (letters.length >= count ? letters : undefined)),
  };
}

function decode(head: string, body: string): string {
  const encoding = /^content-transfer-encoding: (\S+)/im.exec(head)?.[1];
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replaceAll("=\r\n", "")
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
