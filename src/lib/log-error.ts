import { Refusal } from "./refusal.ts";
import { SealBroken } from "./secret-box.ts";
import { StartupError } from "./startup-error.ts";

/** What a log says of an error. */
export interface ErrorDescription {
  readonly class: string;
  readonly code?: string;
  /** Only of our own errors: the message of a foreign one may quote a body, a query or a token. */
  readonly message?: string;
  /** PostgreSQL: which rule of which table. */
  readonly constraint?: string;
  readonly table?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

/** The classes whose messages are written by this program and hold no text of a person. */
const own = [Refusal, SealBroken, StartupError];
const word = /^[\w.@$/-]{1,100}$/;
const deepest = 4;

/** Says which error it is and where it arose, without any value that a foreign error's message may quote. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { class: error === null ? "null" : typeof error };
  const isOwn = own.some((kind) => error instanceof kind);
  return {
    class: wordOf(error.name) ?? "Error",
    ...optional("code", wordIn(error, "code")),
    ...optional("message", isOwn ? error.message : undefined),
    ...optional("constraint", wordIn(error, "constraint_name")),
    ...optional("table", wordIn(error, "table_name")),
    ...(isOwn && !(error instanceof SealBroken) ? {} : { stack: frames(error) }),
    ...(error.cause === undefined || depth >= deepest
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}

function frames(error: Error): string[] {
  const stack = error.stack ?? "";
  // A stack begins with the message, whose own lines may look like frames.
  const message = stack.indexOf(error.message);
  return stack
    .slice(message < 0 ? 0 : message + error.message.length)
    .split("\n")
    .filter((line) => /^ {4}at .*(file:|node:|\/)\S*:\d+:\d+\)?$/.test(line))
    .slice(0, 12)
    .map((line) => line.trim().slice(0, 200));
}

function optional<Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: string });
}

function wordIn(error: Error, property: string): string | undefined {
  return wordOf((error as unknown as Record<string, unknown>)[property]);
}

function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && word.test(value) ? value : undefined;
}
