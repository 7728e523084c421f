import type { ApiError } from "#protocol/api.ts";

/** The server answered with a "no" that it can explain. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, error: ApiError) {
    super(error.message);
    this.name = "ApiFailure";
    this.status = status;
    this.code = error.error;
    this.field = error.field;
  }
}

/** The server could not be reached, or is in trouble: the same request may succeed later. */
export class Unreachable extends Error {
  /** Milliseconds that the server asked to wait, when it said so. */
  readonly retryAfter: number | null;

  constructor(message: string, retryAfter: number | null = null) {
    super(message);
    this.name = "Unreachable";
    this.retryAfter = retryAfter;
  }
}

/** The server has had too many tries from here; the same request may succeed after so many seconds. */
export class TooManyTries extends Unreachable {
  readonly seconds: number;

  constructor(seconds: number) {
    super("status 429", seconds * 1000);
    this.name = "TooManyTries";
    this.seconds = seconds;
  }
}

/** Milliseconds until something that failed is tried again. */
const pause = 3_000;

/** How long to wait after a failure before the same is tried again. */
export function pauseAfter(error: unknown): number {
  return (error instanceof Unreachable ? error.retryAfter : null) ?? pause;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  method: Method;
  path: string;
  /** A file travels as it is, all else as JSON. */
  body?: unknown;
  token?: string;
  /** The ticket of who has just shown once more who they are. */
  confirmation?: string;
}

const namedLimits: ReadonlySet<string> = new Set([
  "request_pending_limit",
  "too_many_strangers",
  "too_many_codes",
]);

/** Seconds, where a server does not say how long to wait. */
const patience = 10;

export type Http = <Answer>(request: HttpRequest) => Promise<Answer>;

/** Sends a request to our own server; throws `ApiFailure` on a 4xx and `Unreachable` when trying again makes sense. */
export async function http<Answer>(request: HttpRequest): Promise<Answer> {
  const response = await open(request);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** The same, for an answer that is read as it comes. */
export async function open(request: HttpRequest): Promise<Response> {
  const response = await exchange(request);
  if (response.ok) return response;
  const seconds = secondsToWait(response.headers.get("retry-after"));
  if (response.status >= 500) {
    throw new Unreachable(`status ${response.status}`, seconds === null ? null : seconds * 1000);
  }
  const error = await explain(response);
  // A limit of another kind is named, and concerns this one request.
  if (response.status === 429 && !namedLimits.has(error.error)) throw new TooManyTries(seconds ?? patience);
  throw new ApiFailure(response.status, error);
}

async function exchange({ method, path, body, token, confirmation }: HttpRequest): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  const isFile = body instanceof Blob;
  if (body !== undefined) headers.set("content-type", isFile ? body.type : "application/json");
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (confirmation !== undefined) headers.set("confirmation", confirmation);
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) init.body = isFile ? body : JSON.stringify(body);
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : "no connection");
  }
}

async function explain(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ApiError;
  } catch {
    return { error: `http_${response.status}`, message: response.statusText };
  }
}

function secondsToWait(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}
