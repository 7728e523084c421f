import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { text as readText } from "node:stream/consumers";
import type { Sendable } from "./hostile-signing.ts";

export interface Outcome {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends exactly these headers and this target; a body without Content-Length goes in chunks. */
export function sendRaw(origin: string, { method, target, headers, body }: Sendable): Promise<Outcome> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: hostname, port, method, path: target, headers, setHost: false, agent: false },
      (incoming) => {
        const { statusCode: status = 0, headers: answered } = incoming;
        readText(incoming).then((text) => resolve({ status, headers: answered, text }), reject);
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
