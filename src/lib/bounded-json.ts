/** A parsed JSON object from outside; nothing in it is trusted yet. */
export type JsonObject = { readonly [key: string]: JsonValue };
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonLimits {
  /** Objects and arrays inside each other; default 32. */
  readonly depth?: number;
  /** Values of every kind together; default 10,000. */
  readonly nodes?: number;
  /** Characters of a key; default 256. */
  readonly keyLength?: number;
}

export type JsonProblem =
  | "not_utf8"
  | "byte_order_mark"
  | "not_json"
  | "too_deep"
  | "too_many_values"
  | "key_too_long"
  | "duplicate_key"
  | "forbidden_key"
  | "lone_surrogate"
  | "number_too_large";

/** JSON that is refused, whoever sent it. */
export class JsonRefused extends Error {
  readonly problem: JsonProblem;

  constructor(problem: JsonProblem) {
    super(`JSON refused: ${problem}`);
    this.name = "JsonRefused";
    this.problem = problem;
  }
}

/** Keys that turn a careless copy of an object into a change of its prototype. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses JSON (RFC 8259) from bytes in UTF-8, in time linear in their number and without recursion. Throws
 * JsonRefused, at the latest after as many values as the limit allows.
 */
export function parseBoundedJson(bytes: Uint8Array, limits: JsonLimits = {}): JsonValue {
  const text = decode(bytes);
  scan(text, { depth: 32, nodes: 10_000, keyLength: 256, ...limits });
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw error instanceof SyntaxError ? new JsonRefused("not_json") : error;
  }
}

/** Tells whether a value is an object and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonRefused("not_utf8");
  }
  if (text.startsWith("\uFEFF")) throw new JsonRefused("byte_order_mark");
  return text;
}

/** The keys seen so far of an open object; null for an open array. */
type Open = Set<string> | null;

/** In valid JSON a value comes with at most a key, a colon, a comma and a closing bracket. */
const tokensPerValue = 5;

/**
 * Counts and judges what JSON.parse would build, before it builds it. It need not notice bad grammar: JSON.parse reads
 * the same text afterwards.
 */
function scan(text: string, limits: Required<JsonLimits>): void {
  const open: Open[] = [];
  let nodes = 0;
  let tokens = 0;
  for (let at = skipBlanks(text, 0), end = at; at < text.length; at = skipBlanks(text, end)) {
    end = endOfToken(text, at);
    if (++tokens > limits.nodes * tokensPerValue) throw new JsonRefused("too_many_values");
    const first = text.charAt(at);
    if (first === "," || first === ":") continue;
    if (first === "}" || first === "]") {
      open.pop();
      continue;
    }
    const keys = open.at(-1);
    if (first === '"' && keys && text[skipBlanks(text, end)] === ":") {
      checkKey(text.slice(at, end), keys, limits);
      continue;
    }
    if (++nodes > limits.nodes) throw new JsonRefused("too_many_values");
    if (first === "{" || first === "[") {
      open.push(first === "{" ? new Set() : null);
      if (open.length > limits.depth) throw new JsonRefused("too_deep");
    } else {
      checkScalar(text.slice(at, end));
    }
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

const punctuation = "{}[],:";
/** A number, a name, or nonsense. */
const word = /[^\s"{}[\],:]+/y;

function endOfToken(text: string, at: number): number {
  const first = text.charAt(at);
  if (first === '"') return endOfString(text, at);
  if (punctuation.includes(first)) return at + 1;
  word.lastIndex = at;
  if (!word.test(text)) throw new JsonRefused("not_json");
  return word.lastIndex;
}

/** Looks for the first quote after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text.charAt(before) === "\\") before -= 1;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
  throw new JsonRefused("not_json");
}

function checkKey(found: string, keys: Set<string>, limits: Required<JsonLimits>): void {
  if (found.length > limits.keyLength * 6 + 2) throw new JsonRefused("key_too_long");
  const key = parseString(found);
  if (key.length > limits.keyLength) throw new JsonRefused("key_too_long");
  if (forbiddenKeys.has(key)) throw new JsonRefused("forbidden_key");
  if (keys.has(key)) throw new JsonRefused("duplicate_key");
  keys.add(key);
}

function checkScalar(found: string): void {
  if (found.startsWith('"')) {
    if (found.includes("\\u")) parseString(found);
  } else if (!names.has(found)) {
    const number = Number(found);
    if (Number.isNaN(number)) throw new JsonRefused("not_json");
    if (!Number.isFinite(number)) throw new JsonRefused("number_too_large");
  }
}

const names: ReadonlySet<string> = new Set(["true", "false", "null"]);

function parseString(found: string): string {
  if (!found.includes("\\")) return found.slice(1, -1);
  let text: unknown;
  try {
    text = JSON.parse(found);
  } catch {
    throw new JsonRefused("not_json");
  }
  if (typeof text !== "string" || !text.isWellFormed()) throw new JsonRefused("lone_surrogate");
  return text;
}
