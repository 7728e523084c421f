import type { JsonObject } from "#lib/bounded-json.ts";

export interface RemoteDocument {
  /** The document's id, which is also where it was fetched from. */
  readonly id: string;
  readonly document: JsonObject;
}

/** Fetches ActivityStreams documents, signed by the instance actor. */
export interface Documents {
  /**
   * Fetches a document whose `id` equals the address it came from (a document that names another id of the same
   * origin is fetched once more from there). Throws DocumentUnavailable.
   */
  fetch(url: string): Promise<RemoteDocument>;
  /** Fetches a document without the rule on its id: for keys, which some servers serve under their actor's id. */
  fetchAnyId(url: string): Promise<{ readonly finalUrl: string; readonly document: JsonObject }>;
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

  constructor(problem: DocumentProblem, options: { temporary: boolean; status?: number; cause?: unknown }) {
    super(`document unavailable: ${problem}`, { cause: options.cause });
    this.name = "DocumentUnavailable";
    this.problem = problem;
    this.temporary = options.temporary;
    this.status = options.status;
  }
}
