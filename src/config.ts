import { BlockList, isIP, isIPv6 } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";
import type { Settings } from "#domain/context.ts";
import { limitNumbers, type Limits } from "#domain/limits.ts";
import { requestLimits, type RequestLimits } from "#domain/requests/limits.ts";
import { failpointActions, failpointNames, type FailpointSetting } from "#lib/failpoint.ts";
import { logLevels } from "#lib/log.ts";
import { registrationModes, type Registration } from "#lib/registration.ts";
import { parseSecretKey } from "#lib/secret-key.ts";
import { StartupError } from "#lib/startup-error.ts";

/** What the environment decides; read once, at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Public origin without a trailing slash: `https://chat.example`. */
  readonly origin: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absent: the own PostgreSQL of `dataDir`. */
  readonly databaseUrl?: string;
  /** Files to serve TLS with. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Absent: the key kept in `dataDir`. */
  readonly secretKey?: Uint8Array;
  /** `host:port` of peers that may have a private address. */
  readonly allowPrivateAddresses: readonly string[];
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly registration: Registration;
  /** Absent: this server sends no mail. */
  readonly mail?: { readonly url: string; readonly from: string; readonly requireTls: boolean };
  readonly federation: Settings["federation"];
  readonly requests: RequestLimits;
  readonly handles: Settings["handles"];
  readonly limits: Limits;
  readonly messageGraphemes: number;
  readonly accountGraceDays: number;
  readonly role: "all" | "web" | "worker";
  readonly logLevel: (typeof logLevels)[number];
  /** npm started us: what ends npm reaches its shell and not us, so we end when our parent has. */
  readonly endsWithParent: boolean;
  /** Only for tests. */
  readonly failpoint?: FailpointSetting;
}

/** Wrong settings; the message names each variable and what it must be. */
export class ConfigError extends StartupError {
  constructor(problems: readonly string[]) {
    super(problems.length === 1 ? `${problems[0]}` : `wrong settings:\n  ${problems.join("\n  ")}`);
    this.name = "ConfigError";
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads every setting; throws one `ConfigError` that names all the wrong ones. An empty variable counts as absent. */
export function readConfig(env: Environment = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(problem));
  const values = parsed.data;
  const tls = values.TLS_CERT && values.TLS_KEY ? { cert: values.TLS_CERT, key: values.TLS_KEY } : undefined;
  const origin = values.ORIGIN ?? new URL(`${tls ? "https" : "http"}://localhost:${values.PORT}`).origin;
  const problems = contradictions(values, origin);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    host: values.HOST,
    port: values.PORT,
    origin,
    dataDir: values.DATA_DIR,
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    ...(tls && { tls }),
    ...(values.SECRET_KEY && { secretKey: values.SECRET_KEY }),
    allowPrivateAddresses: values.ALLOW_PRIVATE_ADDRESSES,
    trustedProxies: values.TRUSTED_PROXIES,
    registration: values.REGISTRATION ?? (isLocalOrigin(origin) ? "open" : "closed"),
    ...(values.SMTP_URL && values.MAIL_FROM && { mail: mailOf(values.SMTP_URL, values.MAIL_FROM) }),
    federation: values.FEDERATION,
    requests: { ...requestLimits, ...values.REQUEST_LIMITS },
    handles: { renameDays: values.RENAME_DAYS, graceDays: values.HANDLE_GRACE_DAYS },
    limits: { ...limitNumbers, ...values.LIMITS },
    messageGraphemes: values.MESSAGE_LENGTH,
    accountGraceDays: values.ACCOUNT_GRACE_DAYS,
    role: values.ROLE,
    logLevel: values.LOG_LEVEL,
    endsWithParent: env["npm_lifecycle_event"] !== undefined,
    ...(values.FAILPOINT && { failpoint: values.FAILPOINT }),
  };
}

/** The password that a command line may take from the environment instead of asking for it. */
export function readPassword(env: Environment = process.env): string | undefined {
  return env["LUCIOLE_PASSWORD"] || undefined;
}

const list = (check: (item: string) => boolean, message: string) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((items) => items.every(check), message)
    .default([]);

/** From `least` on. */
const wholeNumber = (most: number, least = 1) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,5}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
};

/** Numbers by name, of those that have one: `name=number,...`. */
const numbersOf = <Numbers extends object>(usual: Numbers) =>
  z
    .string()
    .transform((text) => parseNumbers(text, usual) ?? null)
    .refine(
      (numbers) => numbers !== null,
      `must be a list of name=number, with the names ${Object.keys(usual).join(", ")}`,
    )
    .optional();

/** One row for each variable: what it must be, in words that follow its name. */
const environment = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(65_535).default(3000),
  ORIGIN: z
    .string()
    .transform((text) => parseOrigin(text) ?? "")
    .refine(Boolean, "must be an address without a path, like https://chat.example (http only for localhost)")
    .optional(),
  DATA_DIR: z
    .string()
    .default("data")
    .transform((path) => resolve(path)),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, "must be an address like postgres://user:password@host:5432/database")
    .optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  SECRET_KEY: z
    .string()
    .transform((text) => parseSecretKey(text) ?? new Uint8Array())
    .refine((key) => key.length > 0, "must be 32 bytes, as 64 hexadecimal digits or as base64")
    .optional(),
  ALLOW_PRIVATE_ADDRESSES: list(
    isHostAndPort,
    "must be a list of host:port, like localhost:8443,localhost:8444",
  ),
  TRUSTED_PROXIES: list(isNetwork, "must be a list of addresses or networks, like 127.0.0.1,10.0.0.0/8"),
  REGISTRATION: z.enum(registrationModes, `must be one of ${registrationModes.join(", ")}`).optional(),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, "must be an address like smtps://user:password@mail.example or smtp://localhost:25")
    .optional(),
  MAIL_FROM: z.email("must be an address like chat@mail.example").optional(),
  FEDERATION: z
    .enum(["open", "quarantine", "allow-list", "off"], "must be open, quarantine, allow-list or off")
    .default("quarantine"),
  REQUEST_LIMITS: numbersOf(requestLimits),
  LIMITS: numbersOf(limitNumbers),
  RENAME_DAYS: wholeNumber(3_650, 0).default(30),
  HANDLE_GRACE_DAYS: wholeNumber(3_650).default(365),
  MESSAGE_LENGTH: wholeNumber(20_000).default(5_000),
  ACCOUNT_GRACE_DAYS: wholeNumber(365, 0).default(30),
  ROLE: z.enum(["all", "web", "worker"], "must be all, web or worker").default("all"),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  FAILPOINT: z
    .string()
    .transform((text) => parseFailpoint(text) ?? null)
    .refine((failpoint) => failpoint !== null, "must be name:action, like before-commit:kill")
    .optional(),
});

function problem(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])} ${issue.message}`;
}

function contradictions(values: z.output<typeof environment>, origin: string): string[] {
  const problems: string[] = [];
  if (values.TLS_CERT && !values.TLS_KEY) problems.push("TLS_KEY is missing: TLS_CERT needs its private key");
  if (values.TLS_KEY && !values.TLS_CERT) problems.push("TLS_CERT is missing: TLS_KEY needs its certificate");
  if (values.TLS_CERT && origin.startsWith("http:"))
    problems.push("ORIGIN must begin with https:// where TLS_CERT is set");
  if (values.SMTP_URL && !values.MAIL_FROM)
    problems.push("MAIL_FROM is missing: who mail by SMTP_URL is from");
  if (values.MAIL_FROM && !values.SMTP_URL) problems.push("SMTP_URL is missing: the server that takes mail");
  if (values.ROLE !== "all" && !values.DATABASE_URL)
    problems.push(`DATABASE_URL is missing: ROLE=${values.ROLE} shares its database with other processes`);
  return problems;
}

/** Normalises (lower case, punycode, no default port); undefined unless it is an origin and nothing more. */
function parseOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.href !== `${url.origin}/`) return undefined;
  if (url.protocol === "https:") return url.origin;
  return url.protocol === "http:" && isLocalOrigin(url.origin) ? url.origin : undefined;
}

/** Tells whether an origin leads nowhere but to this machine. */
export function isLocalOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || hostname.endsWith(".localhost") || loopback(hostname);
}

const loopbackNetworks = new BlockList();
loopbackNetworks.addSubnet("127.0.0.0", 8, "ipv4");
loopbackNetworks.addAddress("::1", "ipv6");

function loopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) > 0 && loopbackNetworks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
}

function isSmtpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== "" && url.pathname.length <= 1;
}

function mailOf(url: string, from: string): NonNullable<Config["mail"]> {
  return { url, from, requireTls: !isLocalOrigin(url) };
}

function isHostAndPort(item: string): boolean {
  const port = /^(?:\[[\da-f:.]+\]|[a-z\d][a-z\d.-]*):([1-9]\d{0,4})$/.exec(item)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}

function isNetwork(item: string): boolean {
  const [address = "", bits, ...rest] = item.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Reads `waitingPerPerson=50,messagesPerRequest=5`. */
function parseNumbers<Numbers extends object>(text: string, usual: Numbers): Partial<Numbers> | undefined {
  const items = text.split(/[\s,]+/).filter(Boolean);
  const pairs = items.map((item) => /^(?<name>\w+)=(?<number>\d{1,9})$/.exec(item)?.groups);
  if (!pairs.every((pair) => pair && Object.hasOwn(usual, pair["name"] ?? ""))) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => [pair!["name"], Number(pair!["number"])]),
  ) as Partial<Numbers>;
}

function parseFailpoint(text: string): FailpointSetting | undefined {
  const [name, action] = text.split(":");
  const knownName = failpointNames.find((known) => known === name);
  const knownAction = failpointActions.find((known) => known === action);
  return knownName && knownAction ? { name: knownName, action: knownAction } : undefined;
}
