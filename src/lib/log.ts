import { configureSync, getLogger, type LogLevel, type LogRecord, type Sink } from "@logtape/logtape";
import { describeError, type ErrorDescription } from "./log-error.ts";

/** The layer that speaks; it becomes the category `luciole.<layer>`. */
export type LogLayer =
  | "boot"
  | "db"
  | "domain"
  | "federation"
  | "realtime"
  | "routes"
  | "effects"
  | "jobs"
  | "cli"
  | "web";

/**
 * Everything that a log line may carry besides its fixed text: ids, counts, codes, addresses of servers. Never a text that a
 * person wrote, a token, a header or a document: what is not named here does not get out.
 */
export interface LogFields {
  readonly personId?: string;
  readonly conversationId?: string;
  readonly streamId?: string;
  readonly messageId?: string;
  readonly sessionId?: string;
  readonly issuerId?: string;
  readonly deliveryId?: string;
  readonly requestId?: string;
  /** The id (URL) of an ActivityStreams activity, actor or key. */
  readonly activityId?: string;
  readonly actorId?: string;
  readonly keyId?: string;
  /** The type of an activity, an event or a job. */
  readonly type?: string;
  /** The name of another server, with its port. */
  readonly host?: string;
  readonly method?: string;
  /** The template of the route (`/api/chat/v1/conversations/:id`), never the address that was asked for. */
  readonly route?: string;
  readonly status?: number;
  readonly ms?: number;
  /** A reason as a fixed word (`RefusalCode` and the like). */
  readonly reason?: string;
  readonly code?: string | number;
  readonly attempt?: number;
  readonly count?: number;
  readonly bytes?: number;
  readonly pid?: number;
  readonly port?: number;
  /** A folder of this server. */
  readonly folder?: string;
  readonly address?: string;
  readonly role?: string;
  readonly signal?: string;
  readonly error?: unknown;
}

/** The names of `LogFields`, once more for the running program: foreign loggers (Fedify's) pass through the same gate. */
const allowed: Record<keyof LogFields, true> = {
  personId: true,
  conversationId: true,
  streamId: true,
  messageId: true,
  sessionId: true,
  issuerId: true,
  deliveryId: true,
  requestId: true,
  activityId: true,
  actorId: true,
  keyId: true,
  type: true,
  host: true,
  method: true,
  route: true,
  status: true,
  ms: true,
  reason: true,
  code: true,
  attempt: true,
  count: true,
  bytes: true,
  pid: true,
  port: true,
  folder: true,
  address: true,
  role: true,
  signal: true,
  error: true,
};

/** A logger whose text is fixed and whose fields are harmless by name. */
export interface Log {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
}

/** Gives the logger of a layer. The text must be a constant of the program; whatever varies goes into the fields. */
export function log(layer: LogLayer): Log {
  const logger = getLogger(["luciole", layer]);
  return {
    debug: (text, fields) => logger.debug(text, { ...fields }),
    info: (text, fields) => logger.info(text, { ...fields }),
    warn: (text, fields) => logger.warn(text, { ...fields }),
    error: (text, fields) => logger.error(text, { ...fields }),
  };
}

export const logLevels = ["debug", "info", "warning", "error"] as const;

export interface LogSettings {
  readonly level: (typeof logLevels)[number];
  /** `json`: one object a line, for machines; `text`: for a terminal. */
  readonly format: "json" | "text";
  readonly write: (line: string) => void;
}

/** Opens the logs of this process, Fedify's included; a later call replaces the former. */
export function configureLogs(settings: LogSettings): void {
  configureSync({
    reset: true,
    sinks: { lines: createSink(settings) },
    loggers: [
      { category: "luciole", lowestLevel: settings.level, sinks: ["lines"] },
      { category: "fedify", lowestLevel: atLeastWarning(settings.level), sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
}

function atLeastWarning(level: LogSettings["level"]): LogLevel {
  return level === "info" ? "warning" : level;
}

function createSink({ format, write }: LogSettings): Sink {
  return (record) => write(`${format === "json" ? jsonLine(record) : textLine(record)}\n`);
}

type Shown = Record<string, string | number | boolean | ErrorDescription>;

function jsonLine(record: LogRecord): string {
  return JSON.stringify({
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    from: record.category.join("."),
    text: fixedText(record),
    ...shownFields(record.properties),
  });
}

function textLine(record: LogRecord): string {
  const { error, ...fields } = shownFields(record.properties);
  const time = new Date(record.timestamp).toISOString().slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const head = [time, record.level, `${record.category.slice(-1)[0]}:`, fixedText(record), ...pairs].join(
    " ",
  );
  return typeof error === "object" ? `${head}\n${errorText(error)}` : head;
}

function errorText(error: ErrorDescription): string {
  const { class: name, message, stack = [], cause, ...rest } = error;
  const head = `  ${[name, message].filter(Boolean).join(": ")} ${Object.keys(rest).length ? JSON.stringify(rest) : ""}`;
  const below = cause === undefined ? [] : [`  caused by`, errorText(cause)];
  return [head.trimEnd(), ...stack.map((frame) => `    ${frame}`), ...below].join("\n");
}

/** The text as the programmer wrote it: placeholders stay, since what would stand in them did not pass the gate. */
function fixedText({ rawMessage }: LogRecord): string {
  const text = typeof rawMessage === "string" ? rawMessage : rawMessage.join("…");
  return clean(text, 500);
}

function shownFields(properties: Record<string, unknown>): Shown {
  const shown: Shown = {};
  for (const name of Object.keys(allowed)) {
    const value = properties[name];
    if (value === undefined || value === null) continue;
    if (name === "error") shown[name] = describeError(value);
    else if (typeof value === "number" || typeof value === "boolean") shown[name] = value;
    else if (typeof value === "string" || value instanceof URL) shown[name] = clean(String(value), 200);
  }
  return shown;
}

function clean(text: string, length: number): string {
  // Control and direction characters would let a foreign id forge a line or move a terminal's cursor.
  const printable = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return printable.length > length ? `${printable.slice(0, length)}…` : printable;
}
