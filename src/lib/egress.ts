import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { pipeline, type Readable } from "node:stream";
import { errors, type Agent, type Dispatcher } from "undici";
import { createAgent, createDnsResolve, type Resolve } from "./egress-agent.ts";
import { EgressError, type EgressReason } from "./egress-error.ts";
import { createGate, type Gate, type GateOptions } from "./egress-gate.ts";
import { Slots } from "./slots.ts";

export interface EgressRequest {
  readonly method?: "GET" | "HEAD" | "POST";
  /** Sent as they are; a function is asked again for each hop, so that a signature covers the address it is sent to. */
  readonly headers?: HeaderSource;
  readonly body?: string | Uint8Array;
  /** Of the answer's body after decompression; default 1 MiB. */
  readonly maxBytes?: number;
  /** For everything together: waiting, connecting, redirects, body; default 10,000. */
  readonly timeoutMs?: number;
  /** How many redirects may be followed; default 3 for GET and HEAD, 0 for POST. */
  readonly redirects?: number;
}

export type HeaderSource =
  | Readonly<Record<string, string>>
  | ((url: URL) => Promise<Readonly<Record<string, string>>>);

export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered, after redirects. */
  readonly finalUrl: string;
  readonly body: Uint8Array;
}

/** The only way out to other servers. */
export interface Egress {
  /** Makes one request; throws EgressError. Any status is an answer, 4xx and 5xx included. */
  fetch(url: string | URL, request?: EgressRequest): Promise<EgressResponse>;
  /** Applies every rule that needs no network and returns the parsed address; throws EgressError. */
  check(url: string | URL): URL;
  /** Ends the connections and refuses what comes later with the reason `closed`. */
  close(): Promise<void>;
}

export interface EgressOptions extends GateOptions {
  /** `host:port` entries, opened over https and http whatever their addresses are. */
  readonly allowPrivateAddresses: readonly string[];
  readonly userAgent: string;
  /** Hosts (with a port where it is not 443) that are ourselves: never fetched. */
  readonly ownHosts?: readonly string[];
  /** How names are resolved; DNS by default. */
  readonly resolve?: Resolve;
}

const defaultMaxBytes = 1024 * 1024;
const defaultTimeoutMs = 10_000;
const getsPerHost = 2;
const timeouts: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Exit {
  readonly gate: Gate;
  readonly agent: Agent;
  readonly gets: Slots;
  readonly userAgent: string;
}

/** Opens the way out. GET and HEAD wait for one of two slots per host; the connections are kept alive. */
export function createEgress(options: EgressOptions): Egress {
  const gate = createGate(options);
  const exit: Exit = {
    gate,
    agent: createAgent(gate, options.resolve ?? createDnsResolve()),
    gets: new Slots(getsPerHost),
    userAgent: options.userAgent,
  };
  return {
    check: (url) => gate.check(url),
    fetch: (url, request = {}) => fetchWithin(exit, url, request),
    close: () => exit.agent.destroy(),
  };
}

async function fetchWithin(exit: Exit, text: string | URL, request: EgressRequest): Promise<EgressResponse> {
  const url = exit.gate.check(text);
  const abort = new AbortController();
  const timeout = setTimeout(
    () => abort.abort(new EgressError("timeout", url.host)),
    request.timeoutMs ?? defaultTimeoutMs,
  );
  try {
    return await follow(exit, url, { ...request, signal: abort.signal });
  } catch (error) {
    throw translated(abort.signal.aborted ? abort.signal.reason : error, url.host);
  } finally {
    clearTimeout(timeout);
  }
}

type Timed = EgressRequest & { readonly signal: AbortSignal };

async function follow(exit: Exit, start: URL, request: Timed): Promise<EgressResponse> {
  const isPost = request.method === "POST";
  let url = start;
  for (let left = request.redirects ?? (isPost ? 0 : 3); ; left -= 1) {
    const release = isPost ? undefined : await exit.gets.acquire(url.host, request.signal);
    try {
      const answer = await ask(exit, url, request);
      const location = answer.headers["location"];
      if (!redirectStatuses.has(answer.statusCode) || typeof location !== "string") {
        return await readAnswer(url, answer, request);
      }
      await answer.body.dump({ limit: 16 * 1024, signal: request.signal });
      if (left <= 0) throw new EgressError("redirect_refused", url.host);
      url = nextHop(exit.gate, url, location);
    } finally {
      release?.();
    }
  }
}

async function ask(exit: Exit, url: URL, request: Timed): Promise<Dispatcher.ResponseData> {
  const { headers = {}, method = "GET", body = null, signal } = request;
  const asked = typeof headers === "function" ? await headers(url) : headers;
  return exit.agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { "user-agent": exit.userAgent, "accept-encoding": "gzip, deflate, br", ...asked },
    body,
    signal,
  });
}

function nextHop(gate: Gate, from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (next === null || (from.protocol === "https:" && next.protocol !== "https:")) {
    throw new EgressError("redirect_refused", from.host);
  }
  try {
    return gate.check(next);
  } catch (error) {
    throw new EgressError("redirect_refused", from.host, { cause: error });
  }
}

async function readAnswer(
  url: URL,
  answer: Dispatcher.ResponseData,
  request: Timed,
): Promise<EgressResponse> {
  const maxBytes = request.maxBytes ?? defaultMaxBytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decoded(url, answer) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new EgressError("too_large", url.host);
    chunks.push(chunk);
  }
  const headers = readHeaders(url, answer);
  return { status: answer.statusCode, headers, finalUrl: url.href, body: Buffer.concat(chunks) };
}

function readHeaders(url: URL, answer: Dispatcher.ResponseData): Headers {
  const headers = new Headers();
  try {
    for (const [name, values] of Object.entries(answer.headers)) {
      for (const value of [values ?? []].flat()) headers.append(name, value);
    }
  } catch (error) {
    throw new EgressError("answer_refused", url.host, { cause: error });
  }
  return headers;
}

/** The body without its content-encoding, decompressed only as fast as it is read: a bomb goes off in small pieces. */
function decoded(url: URL, answer: Dispatcher.ResponseData): Readable {
  const coding = String(answer.headers["content-encoding"] ?? "identity").toLowerCase();
  if (coding === "identity" || coding === "") return answer.body;
  const decoder = createDecoder(coding);
  if (decoder === undefined) {
    answer.body.on("error", () => {}).destroy(); // it reports its own end as an error
    throw new EgressError("answer_refused", url.host);
  }
  return pipeline(answer.body, decoder, () => {
    // Whoever reads the decoder meets the same error there.
  });
}

function createDecoder(coding: string) {
  if (coding === "gzip" || coding === "x-gzip") return createGunzip();
  if (coding === "deflate") return createInflate();
  if (coding === "br") return createBrotliDecompress();
  return undefined;
}

/** Whatever a network can do becomes an EgressError; a fault of ours or of the caller stays what it is. */
function translated(error: unknown, host: string): unknown {
  if (error instanceof EgressError || !(error instanceof Error) || error instanceof TypeError) return error;
  if (error instanceof errors.InvalidArgumentError || !("code" in error)) return error;
  return new EgressError(reasonOf(error, String(error.code)), host, { cause: error });
}

function reasonOf(error: Error, code: string): EgressReason {
  if (timeouts.has(code)) return "timeout";
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") return "closed";
  if (error instanceof errors.HTTPParserError || code === "UND_ERR_HEADERS_OVERFLOW") return "answer_refused";
  if (code.startsWith("Z_") || code.startsWith("ERR__ERROR_FORMAT")) return "answer_refused"; // zlib, brotli
  return "network";
}
