import { createServer } from "node:http";
import { isSigned, readBody } from "./cavage.ts";
import { createReceived } from "./inbox-received.ts";

/** The floor of an inbox: read the request, compare its digest, verify its signature with a key that is at hand, parse it. */
const pem = process.env["PUBLIC_KEY"] ?? "";
const received = createReceived();

const server = createServer((request, response) => {
  void (async () => {
    if (request.method === "GET") return response.end(received.list(request.url ?? ""));
    const body = await readBody(request);
    if (!isSigned(request, body, pem)) return response.writeHead(401).end();
    const { actor, id } = JSON.parse(body.toString()) as { actor: string; id: string };
    received.add(actor, id);
    return response.writeHead(202).end();
  })();
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
