import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { limitNumbers } from "#domain/limits.ts";
import { requestLimits } from "#domain/requests/limits.ts";
import { ConfigError, readConfig, readPassword } from "./config.ts";

function complaint(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("an empty environment gives a server on this machine alone, open for sign-up", () => {
  expect(readConfig({})).toEqual({
    host: "127.0.0.1",
    port: 3000,
    origin: "http://localhost:3000",
    dataDir: resolve("data"),
    allowPrivateAddresses: [],
    trustedProxies: [],
    registration: "open",
    federation: "quarantine",
    handles: { renameDays: 30, graceDays: 365 },
    requests: requestLimits,
    limits: limitNumbers,
    messageGraphemes: 5_000,
    accountGraceDays: 30,
    role: "all",
    logLevel: "info",
    endsWithParent: false,
  });
});

test("an empty variable counts as absent", () => {
  expect(readConfig({ PORT: "", ORIGIN: "", SECRET_KEY: "", TRUSTED_PROXIES: "" })).toEqual(readConfig({}));
});

test("the origin follows the port and TLS", () => {
  const tls = { TLS_CERT: "cert.pem", TLS_KEY: "key.pem" };
  expect(readConfig({ PORT: "4000" }).origin).toBe("http://localhost:4000");
  expect(readConfig({ ...tls, PORT: "8443" })).toMatchObject({
    origin: "https://localhost:8443",
    tls: { cert: "cert.pem", key: "key.pem" },
  });
  expect(readConfig({ ...tls, PORT: "443" }).origin).toBe("https://localhost");
});

test("an origin is normalised, and refused when it is more than an origin or unsafe", () => {
  expect(readConfig({ ORIGIN: "https://Chat.Example:443/" }).origin).toBe("https://chat.example");
  expect(readConfig({ ORIGIN: "https://bücher.example" }).origin).toBe("https://xn--bcher-kva.example");
  expect(readConfig({ ORIGIN: "http://127.0.0.1:9" }).origin).toBe("http://127.0.0.1:9");
  expect(readConfig({ ORIGIN: "http://[::1]:9" }).origin).toBe("http://[::1]:9");
  const wrong = [
    "chat.example",
    "http://chat.example",
    "https://chat.example/path",
    "https://chat.example/?q",
    "https://u:p@chat.example",
    "ftp://localhost",
    "http://localhost.evil.example",
  ];
  expect(wrong.filter((text) => !complaint({ ORIGIN: text }).startsWith("ORIGIN must be"))).toEqual([]);
});

test("a public server is closed for sign-up unless told otherwise", () => {
  expect(readConfig({ ORIGIN: "https://chat.example" }).registration).toBe("closed");
  expect(readConfig({ ORIGIN: "https://chat.example", REGISTRATION: "invite" }).registration).toBe("invite");
  expect(readConfig({ REGISTRATION: "closed" }).registration).toBe("closed");
});

test("every wrong variable is named at once, with what it must be", () => {
  const text = complaint({
    PORT: "70000",
    ORIGIN: "nonsense",
    DATABASE_URL: "mysql://x/y",
    SECRET_KEY: "short",
    ALLOW_PRIVATE_ADDRESSES: "localhost",
    TRUSTED_PROXIES: "10.0.0.0/33",
    REGISTRATION: "maybe",
    ROLE: "king",
    LOG_LEVEL: "loud",
    FAILPOINT: "nowhere:kill",
  });
  for (const name of [
    "PORT",
    "ORIGIN",
    "DATABASE_URL",
    "SECRET_KEY",
    "ALLOW_PRIVATE_ADDRESSES",
    "TRUSTED_PROXIES",
    "REGISTRATION",
    "ROLE",
    "LOG_LEVEL",
    "FAILPOINT",
  ])
    expect(text).toContain(`\n  ${name} must be `);
});

test("an error never repeats a secret", () => {
  expect(complaint({ SECRET_KEY: "CANARY", DATABASE_URL: "CANARY" })).not.toContain("CANARY");
});

test("settings that contradict each other are refused by name", () => {
  expect(complaint({ TLS_CERT: "a" })).toContain("TLS_KEY is missing");
  expect(complaint({ TLS_KEY: "a" })).toContain("TLS_CERT is missing");
  expect(complaint({ TLS_CERT: "a", TLS_KEY: "b", ORIGIN: "http://localhost:3000" })).toMatch(
    /^ORIGIN must begin/,
  );
  expect(complaint({ ROLE: "worker" })).toMatch(/^DATABASE_URL is missing/);
  expect(readConfig({ ROLE: "worker", DATABASE_URL: "postgres://localhost/luciole" }).role).toBe("worker");
});

test("lists are separated by commas or spaces, and each item is checked", () => {
  expect(readConfig({ ALLOW_PRIVATE_ADDRESSES: "localhost:8443, [::1]:8444" }).allowPrivateAddresses).toEqual(
    ["localhost:8443", "[::1]:8444"],
  );
  expect(readConfig({ TRUSTED_PROXIES: "127.0.0.1 ::1,10.0.0.0/8 fd00::/8" }).trustedProxies).toHaveLength(4);
  const addresses = ["a:b", "localhost:0", "a:1/x", "u@a:1", "a:99999", "*:80"];
  expect(addresses.filter((item) => complaint({ ALLOW_PRIVATE_ADDRESSES: item }) === "")).toEqual([]);
  const networks = ["10.0.0", "::1/129", "10.0.0.0/8/8", "example.org"];
  expect(networks.filter((item) => complaint({ TRUSTED_PROXIES: item }) === "")).toEqual([]);
});

test("a secret key may be written in hexadecimal or base64", () => {
  const key = randomBytes(32);
  for (const encoding of ["hex", "base64", "base64url"] as const)
    expect(readConfig({ SECRET_KEY: key.toString(encoding) }).secretKey).toEqual(key);
});

test("messages may be longer or shorter than by default, within bounds", () => {
  expect(readConfig({ MESSAGE_LENGTH: "500" }).messageGraphemes).toBe(500);
  for (const text of ["0", "20001", "1e3", "-1"])
    expect(complaint({ MESSAGE_LENGTH: text })).toBe("MESSAGE_LENGTH must be a whole number from 1 to 20000");
});

test("the password of a command comes from its own variable", () => {
  expect(readPassword({ LUCIOLE_PASSWORD: "correct horse" })).toBe("correct horse");
  expect(readPassword({ LUCIOLE_PASSWORD: "" })).toBeUndefined();
});

test("limits of requests are set by name, and every other stays; what is no limit is refused", () => {
  expect(readConfig({ REQUEST_LIMITS: "waitingPerPerson=50, newAccountDays=0" }).requests).toEqual({
    ...requestLimits,
    waitingPerPerson: 50,
    newAccountDays: 0,
  });
  for (const text of ["waitingPerPerson", "waitingPerPerson=x", "nothing=1", "constructor=1"])
    expect(complaint({ REQUEST_LIMITS: text })).toMatch(/^REQUEST_LIMITS must be a list of name=number/);
  expect(readConfig({ LIMITS: "send=40 signIn=50" }).limits).toEqual({
    ...limitNumbers,
    send: 40,
    signIn: 50,
  });
  expect(complaint({ LIMITS: "sends=1" })).toMatch(/^LIMITS must be a list of name=number/);
  expect(complaint({ FEDERATION: "closed" })).toBe("FEDERATION must be open, quarantine, allow-list or off");
});

test("how often a handle changes and how long the former one is kept are whole days", () => {
  const set = { RENAME_DAYS: "0", HANDLE_GRACE_DAYS: "90" };
  expect(readConfig(set).handles).toEqual({ renameDays: 0, graceDays: 90 });
  expect(() => readConfig({ RENAME_DAYS: "-1", HANDLE_GRACE_DAYS: "0" })).toThrow(
    /RENAME_DAYS must be a whole number from 0 to 3650[^]*HANDLE_GRACE_DAYS must be a whole number from 1 to 3650/,
  );
});

test("mail needs a server and a sender, and is encrypted unless the server is on this machine", () => {
  const from = "chat@mail.example";
  const read = (url: string) => readConfig({ SMTP_URL: url, MAIL_FROM: from }).mail;
  const remote = "smtp://user:secret@mail.example:587";
  expect(read(remote)).toEqual({ url: remote, from, requireTls: true });
  expect(read("smtp://localhost:25")).toMatchObject({ requireTls: false });
  expect(readConfig({}).mail).toBeUndefined();
  expect(() => readConfig({ SMTP_URL: remote })).toThrow("MAIL_FROM is missing");
  expect(() => readConfig({ MAIL_FROM: from })).toThrow("SMTP_URL is missing");
  expect(() => read("http://mail.example")).toThrow("SMTP_URL must be");
  expect(() => readConfig({ SMTP_URL: remote, MAIL_FROM: "a, b" })).toThrow("MAIL_FROM must be");
});
