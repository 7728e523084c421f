import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import { Agent } from "undici";
import { readBody } from "./cavage.ts";

/** The floor of an outbox: sign and POST, so many at a time, to inboxes that are known. `POST /` with a list of them starts. */
const ABREAST = 64;
const key = createPrivateKey(process.env["PRIVATE_KEY"] ?? "");
const agent = new Agent();

async function post(inbox: string, body: string): Promise<void> {
  const { origin, host, pathname } = new URL(inbox);
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const text = `(request-target): post ${pathname}\nhost: ${host}\ndate: ${date}\ndigest: ${digest}`;
  const signature = sign("sha256", Buffer.from(text), key).toString("base64");
  const headers = {
    host,
    date,
    digest,
    "content-type": "application/activity+json",
    signature: `keyId="${process.env["KEY_ID"]}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`,
  };
  const answer = await agent.request({ origin, path: pathname, method: "POST", headers, body });
  await answer.body.dump();
}

async function postAll(inboxes: readonly string[]): Promise<void> {
  const body = JSON.stringify({ id: `https://floor.example/${randomUUID()}`, content: "x".repeat(1_000) });
  const next = inboxes[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const inbox of next) await post(inbox, body);
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
}

const server = createServer((request, response) => {
  void (async () => {
    await postAll(JSON.parse((await readBody(request)).toString()) as string[]);
    response.end();
  })();
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
