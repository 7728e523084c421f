import { isJsonObject, JsonRefused, parseBoundedJson, type JsonObject } from "#lib/bounded-json.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { EgressResponse } from "#lib/egress.ts";
import type { Signing, SigningActor } from "./sign.ts";

export interface RemoteDocument {
  /** The document's id, which is also where it was fetched from. */
  readonly id: string;
  readonly document: JsonObject;
}

export interface UnidentifiedDocument {
  /** Where it came from, after redirects; its `id` may say something else. */
  readonly finalUrl: string;
  readonly document: JsonObject;
}

/** Fetches ActivityStreams documents, signed by the instance actor. Nothing in them is trusted yet. */
export interface Documents {
  /**
   * Fetches a document whose `id` equals the address it came from (a document that names another id of the same
   * origin is fetched once more from there). After a redirect the id may differ from what was asked for: compare it.
   * Throws DocumentUnavailable.
   */
  fetch(url: string): Promise<RemoteDocument>;
  /** Fetches a document without the rule on its id: for keys, which some servers serve under their actor's id. */
  fetchAnyId(url: string): Promise<UnidentifiedDocument>;
}

export type DocumentProblem =
  | "refused"
  | "gone"
  | "status"
  | "content_type"
  | "not_json"
  | "id_mismatch"
  | "too_large"
  | "unreachable";

/** A document that cannot be had; `temporary` tells whether a later attempt may succeed. */
export class DocumentUnavailable extends Error {
  readonly problem: DocumentProblem;
  readonly temporary: boolean;
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined;

  constructor(
    problem: DocumentProblem,
    options: { temporary?: boolean; status?: number; cause?: unknown } = {},
  ) {
    super(`document unavailable: ${problem}`, { cause: options.cause });
    this.name = "DocumentUnavailable";
    this.problem = problem;
    this.temporary = options.temporary ?? false;
    this.status = options.status;
  }
}

export interface DocumentsOptions {
  readonly signing: Signing;
  /** The instance actor: whom other servers see asking. */
  readonly instanceActor: () => Promise<SigningActor>;
  readonly now: () => Date;
  /** For one document, redirects included; default 10,000. */
  readonly timeoutMs?: number;
}

const profile = "https://www.w3.org/ns/activitystreams";
const accept = `application/activity+json, application/ld+json; profile="${profile}"`;
const rememberedFailures = 10_000;
const failureTtlMs = 10 * 60 * 1000;
/** Short: a server that was starting or overloaded must not be shut out for long. */
const temporaryFailureTtlMs = 10 * 1000;

/** Builds the fetcher: one request per address at a time, failures remembered for 10 minutes (10 s if temporary). */
export function createDocuments(options: DocumentsOptions): Documents {
  const failures = new BoundedMap<string, DocumentUnavailable>({
    max: rememberedFailures,
    now: () => options.now().getTime(),
  });
  const underWay = new Map<string, Promise<UnidentifiedDocument>>();
  const limits = { timeoutMs: options.timeoutMs ?? 10_000 };

  const load = async (url: string): Promise<UnidentifiedDocument> => {
    try {
      const actor = await options.instanceActor();
      return readDocument(await options.signing.get({ url, actor, accept, limits }));
    } catch (error) {
      const failure = asUnavailable(error);
      failures.set(url, failure, failure.temporary ? temporaryFailureTtlMs : failureTtlMs);
      throw failure;
    } finally {
      underWay.delete(url);
    }
  };

  const fetchAnyId = (text: string): Promise<UnidentifiedDocument> => {
    const url = withoutHash(text);
    const failure = failures.get(url);
    if (failure !== undefined) return Promise.reject(failure);
    const running = underWay.get(url) ?? load(url);
    underWay.set(url, running);
    return running;
  };

  const fetch = async (url: string): Promise<RemoteDocument> => {
    const first = await fetchAnyId(url);
    const own = identified(first);
    if (own !== undefined) return own;
    const id = URL.parse(idOf(first.document) ?? "");
    if (id?.origin !== new URL(first.finalUrl).origin) throw new DocumentUnavailable("id_mismatch");
    const second = identified(await fetchAnyId(id.href));
    if (second === undefined) throw new DocumentUnavailable("id_mismatch");
    return second;
  };

  return { fetch, fetchAnyId };
}

function identified({ document, finalUrl }: UnidentifiedDocument): RemoteDocument | undefined {
  const id = idOf(document);
  return id !== undefined && URL.parse(id)?.href === finalUrl ? { id, document } : undefined;
}

function idOf(document: JsonObject): string | undefined {
  const id = document["id"];
  return typeof id === "string" ? id : undefined;
}

function readDocument(answer: EgressResponse): UnidentifiedDocument {
  const { status, finalUrl } = answer;
  if (status === 404 || status === 410) throw new DocumentUnavailable("gone", { status });
  if (status !== 200) {
    throw new DocumentUnavailable("status", { status, temporary: status === 429 || status >= 500 });
  }
  if (!isActivityStreams(answer.headers.get("content-type") ?? "")) {
    throw new DocumentUnavailable("content_type", { status });
  }
  const document = parseBoundedJson(answer.body);
  if (!isJsonObject(document)) throw new DocumentUnavailable("not_json", { status });
  return { finalUrl, document };
}

/**
 * Tells whether a content type is one of the two that ActivityPub defines (section 3.2). Plain JSON is refused: it is
 * what a server answers for files that its users uploaded.
 */
export function isActivityStreams(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim());
  if (type.toLowerCase() === "application/activity+json") return true;
  if (type.toLowerCase() !== "application/ld+json") return false;
  return parameters.some((parameter) => {
    const [name = "", value = ""] = parameter.split("=", 2);
    return name.toLowerCase() === "profile" && value.replaceAll('"', "").split(/\s+/).includes(profile);
  });
}

function asUnavailable(error: unknown): DocumentUnavailable {
  if (error instanceof DocumentUnavailable) return error;
  if (error instanceof JsonRefused) return new DocumentUnavailable("not_json", { cause: error });
  if (!(error instanceof EgressError)) throw error;
  if (error.temporary) return new DocumentUnavailable("unreachable", { temporary: true, cause: error });
  return new DocumentUnavailable(error.reason === "too_large" ? "too_large" : "refused", { cause: error });
}

function withoutHash(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  url.hash = "";
  return url.href;
}
