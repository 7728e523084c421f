import { readFile } from "node:fs/promises";
import { Agent, fetch } from "undici";
import { testCertificates } from "./certificates.ts";

export interface ApiRequest {
  readonly token?: string;
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
}

let agent: Promise<Agent> | undefined;

/** Asks a server of the tests; trusts its throw-away authority. The body of the answer is JSON, or undefined. */
export async function callApi<Body>(url: string, request: ApiRequest = {}): Promise<ApiAnswer<Body>> {
  agent ??= testCertificates().then(
    async ({ authority }) => new Agent({ connect: { ca: await readFile(authority, "utf8") } }),
  );
  const response = await fetch(url, {
    dispatcher: await agent,
    method: request.method ?? (request.body === undefined ? "GET" : "POST"),
    headers: {
      ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      ...(request.body !== undefined && { "content-type": "application/json" }),
      ...request.headers,
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, body: (isJson ? JSON.parse(text) : undefined) as Body };
}
