import type { JsonObject } from "#lib/bounded-json.ts";

const ACTIVITY_JSON = "application/activity+json; charset=utf-8";

/** A public ActivityStreams document (an actor, an empty collection), fresh for some minutes. */
export function publicDocument(document: JsonObject): Response {
  return json(document, {
    "content-type": ACTIVITY_JSON,
    "cache-control": "public, max-age=180",
    vary: "Accept",
  });
}

/** What stood here is gone for good. */
export function goneDocument(document: JsonObject): Response {
  return json(document, { "content-type": ACTIVITY_JSON, "cache-control": "no-store", vary: "Accept" }, 410);
}

/** A document, or its text, for its signer's eyes: no cache may keep it. */
export function privateDocument(document: JsonObject | string, status: 200 | 410): Response {
  return json(
    document,
    { "content-type": ACTIVITY_JSON, "cache-control": "no-store", vary: "Signature" },
    status,
  );
}

/** An answer about this server that scripts of any page may read (RFC 7033, section 5). */
export function openDocument(document: JsonObject, contentType: string): Response {
  return json(document, { "content-type": contentType, "access-control-allow-origin": "*" });
}

/** A text for everybody, fresh for a day. */
export function publicText(text: string): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=86400" };
  return new Response(text, { headers });
}

/** An answer that says by a code why something is refused. */
export function refused(status: number, error: string): Response {
  return json({ error }, { "content-type": "application/json", "cache-control": "no-store" }, status);
}

/** The one answer for what is not there and for what is not the asker's to see. */
export function notFound(): Response {
  return refused(404, "not_found");
}

/** An answer without a body. */
export function bare(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { "cache-control": "no-store", ...headers } });
}

function json(
  document: JsonObject | string,
  headers: Readonly<Record<string, string>>,
  status = 200,
): Response {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return new Response(text, { status, headers });
}
