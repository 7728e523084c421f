import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { createReceived } from "./inbox-received.ts";

/** The floor of an inbox: read the request, compare its digest, verify its signature with a key that is at hand, parse it. */
const pem = process.env["PUBLIC_KEY"] ?? "";
const keys = new Map<string, KeyObject>();
const received = createReceived();

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function isSigned({ method = "", url = "", headers }: IncomingMessage, body: Buffer): boolean {
  if (headers["digest"] !== `SHA-256=${createHash("sha256").update(body).digest("base64")}`) return false;
  const header = String(headers["signature"]);
  const parameters = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const keyId = parameters.get("keyId") ?? "";
  const key = keys.get(keyId) ?? createPublicKey(pem);
  keys.set(keyId, key);
  const covered = (parameters.get("headers") ?? "").split(" ");
  const lines = covered.map((name) => {
    const value = name === "(request-target)" ? `${method.toLowerCase()} ${url}` : headers[name];
    return `${name}: ${value}`;
  });
  const signature = Buffer.from(parameters.get("signature") ?? "", "base64");
  return verify("sha256", Buffer.from(lines.join("\n")), key, signature);
}

const server = createServer((request, response) => {
  void (async () => {
    if (request.method === "GET") return response.end(received.list(request.url ?? ""));
    const body = await readBody(request);
    if (!isSigned(request, body)) return response.writeHead(401).end();
    const { actor, id } = JSON.parse(body.toString()) as { actor: string; id: string };
    received.add(actor, id);
    return response.writeHead(202).end();
  })();
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
