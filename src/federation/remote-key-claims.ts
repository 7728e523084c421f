import type { JsonObject, JsonValue } from "#lib/bounded-json.ts";
import { isJsonObject } from "#lib/bounded-json.ts";

/** What a document says about a key. */
export interface KeyClaim {
  readonly owner: string | undefined;
  readonly material: KeyMaterial;
}

export type KeyMaterial =
  | { readonly format: "pem"; readonly text: string }
  | { readonly format: "multibase"; readonly text: string };

const actorTypes: ReadonlySet<JsonValue> = new Set([
  "Person",
  "Service",
  "Application",
  "Group",
  "Organization",
]);

/** Tells whether a document is an actor by its type (ActivityStreams vocabulary, section 3.2). */
export function isActorDocument(document: JsonObject): boolean {
  return listOf(document["type"]).some((type) => actorTypes.has(type));
}

/**
 * Finds a key in a document: among an actor's `publicKey` and `assertionMethod` (FEP-521a), or the document itself
 * when it is a key that stands alone.
 */
export function findKey(document: JsonObject, keyId: string): KeyClaim | undefined {
  const embedded = [...listOf(document["publicKey"]), ...listOf(document["assertionMethod"])];
  for (const candidate of [...embedded, document]) {
    if (!isJsonObject(candidate) || candidate["id"] !== keyId) continue;
    const material = materialOf(candidate);
    if (material === undefined) continue;
    return { owner: textOf(candidate["owner"]) ?? textOf(candidate["controller"]), material };
  }
  return undefined;
}

/** Tells whether an actor names a key as its own, by its id alone or with the key itself. */
export function listsKey(actor: JsonObject, keyId: string): boolean {
  return [...listOf(actor["publicKey"]), ...listOf(actor["assertionMethod"])].some(
    (entry) => entry === keyId || (isJsonObject(entry) && entry["id"] === keyId),
  );
}

function materialOf(key: JsonObject): KeyMaterial | undefined {
  const pem = textOf(key["publicKeyPem"]);
  if (pem !== undefined) return { format: "pem", text: pem };
  const multibase = textOf(key["publicKeyMultibase"]);
  return multibase === undefined ? undefined : { format: "multibase", text: multibase };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as JsonValue];
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
