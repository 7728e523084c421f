import { readFileSync } from "node:fs";
import { sha256, signCavage, type Sendable } from "./hostile-signing.ts";
import type { KeyPair } from "./keys.ts";

/** A request between two real servers, as test/fixtures/federation/*.json holds it. */
export interface Captured {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly raw_body?: string;
}

export interface Resigning {
  /**
   * What is written in another way throughout: origins, actors, whatever must be served by the test. Longer texts go
   * first.
   */
  readonly replace: Readonly<Record<string, string>>;
  /** The sender's key, under the id that the capture gives it after replacement. */
  readonly keys: KeyPair;
  /** The target that it is sent to; that of the capture by default. */
  readonly target?: string;
  readonly date?: Date;
}

/** Reads a capture of test/fixtures/federation. */
export function readCaptured(name: string): Captured {
  const file = new URL(`../fixtures/federation/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Captured;
}

/** Where a captured request came from, by its key, and where it went. */
export function originsOf(captured: Captured): { readonly sender: string; readonly receiver: string } {
  const { keyId = "" } = signatureParameters(headersOf(captured).get("signature") ?? "");
  return { sender: new URL(keyId).origin, receiver: new URL(captured.url).origin };
}

/**
 * Makes a captured request anew for the hosts and keys of a test: the same headers, the same bytes but for the
 * replaced texts, today's date, and a signature with the same parameters over the same headers in the same order.
 */
export function resign(
  captured: Captured,
  { replace, keys, target, date = new Date() }: Resigning,
): Sendable {
  const replaced = (text: string): string =>
    Object.entries(replace)
      .toSorted(([one], [other]) => other.length - one.length)
      .reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const url = new URL(replaced(captured.url));
  const body = replaced(captured.raw_body ?? "");
  const original = headersOf(captured);
  const {
    keyId = "",
    headers: covers = "",
    algorithm = "",
  } = signatureParameters(original.get("signature") ?? "");
  const headers = {
    ...Object.fromEntries([...original].filter(([name]) => name !== "signature")),
    host: url.host,
    date: date.toUTCString(),
    ...(original.has("digest") ? { digest: `SHA-256=${sha256(body)}` } : {}),
    ...(original.has("content-length") ? { "content-length": String(Buffer.byteLength(body)) } : {}),
  };
  const request = { method: captured.method, target: target ?? url.pathname + url.search, headers };
  return signCavage(captured.method === "GET" ? request : { ...request, body }, {
    keyId: replaced(keyId),
    privateKey: keys.privateKey,
    covers: covers.split(" "),
    parameters: { algorithm },
  });
}

function headersOf(captured: Captured): ReadonlyMap<string, string> {
  return new Map(captured.headers.map(([name, value]) => [name.toLowerCase(), value]));
}

function signatureParameters(header: string): Record<string, string> {
  return Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}
