import { randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import { createAccount } from "#domain/accounts.ts";
import { createToken } from "#domain/tokens.ts";
import { createContext } from "../../src/app.ts";
import { layFoundation } from "../../src/boot.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { buildWeb } from "../../scripts/build-web.ts";
import { pairEnvironment } from "../../scripts/pair.ts";
import { testCertificates } from "./certificates.ts";
import { type Child, type Ended, startNode } from "./child.ts";
import { type CommandOptions, type CommandResult, runCommand } from "./command.ts";
import { alone, createTestDatabase } from "./database.ts";
import { makeFolder } from "./folder.ts";
import { startInside } from "./inside.ts";
import { wideLimitsText, wideRequestLimitsText } from "./settings.ts";

const root = join(import.meta.dirname, "../..");
/** Milliseconds until a server is ready: a busy machine may take its time to make a database. */
const patience = 60_000;

export interface ServerOptions {
  readonly port?: number;
  /** Default: a temporary folder that is gone after `stop`. */
  readonly dataDir?: string;
  /** Default: a database of its own in the PostgreSQL of this run; `embedded` lets the server bring up its own. */
  readonly database?: "embedded" | { readonly url: string };
  readonly env?: Readonly<Record<string, string>>;
  /** Within this process instead of one of its own. */
  readonly inside?: boolean;
}

/** A real server, as a process of its own unless it was wished otherwise. */
export interface TestServer {
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  /** Absent when the server brings up its own PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly pid: number;
  /** Everything that its processes wrote so far, since the first start. */
  output(): string;
  /** Ends the process (SIGTERM unless said otherwise); its data stay. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
  /** Settles when the process ends by itself. */
  ended(): Promise<Ended>;
  /** Starts it again after `kill`, with other settings where given (undefined takes one away). */
  restart(env?: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Runs an admin command beside it. */
  cli(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Makes an account and gives a bearer token for it. */
  createAccount(handle: string, role?: "admin" | "member"): Promise<{ token: string; password: string }>;
  /** Ends everything and removes what it kept. */
  stop(): Promise<void>;
}

/** Starts `src/main.ts` and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  await buildWebOnce();
  const port = options.port ?? (await findServerPort());
  const dataDir = options.dataDir ?? (await makeFolder());
  const ownDatabase = options.database === undefined ? await createTestDatabase() : undefined;
  const database = options.database ?? ownDatabase;
  const databaseUrl = database === "embedded" ? undefined : database?.url;
  const settings: Record<string, string | undefined> = {
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: "debug",
    REQUEST_LIMITS: wideRequestLimitsText,
    LIMITS: wideLimitsText,
    FEDERATION: "open",
    ...options.env,
  };
  let before = "";
  const run = options.inside ? startInside : startProcess;
  let child = await run(settings);

  const server: TestServer = {
    origin: settings["ORIGIN"] ?? `http://localhost:${port}`,
    port,
    dataDir,
    databaseUrl,
    get pid() {
      return child.pid;
    },
    output: () => before + child.output(),
    kill: (signal) => child.kill(signal),
    ended: () => child.ended,
    async restart(env = {}) {
      await child.ended;
      before += child.output();
      child = await run(Object.assign(settings, env));
    },
    cli: (args, command = {}) => runCommand(args, { ...command, env: { ...settings, ...command.env } }),
    createAccount: (handle, role = "member") => makeAccount(readConfig(settings), { handle, role }),
    async stop() {
      await child.kill("SIGKILL");
      if (databaseUrl === undefined) await (await openEmbeddedPostgres({ dataDir, as: "visitor" })).close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      await ownDatabase?.drop();
    },
  };
  return server;
}

const handedOut = new Set<number>();

/**
 * A free port for a server that starts a little later. It is outside of every system's ephemeral range, so nobody who
 * asks for any port (a PostgreSQL of its own, say) gets it meanwhile.
 */
export async function findServerPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Starts two servers that talk TLS to each other and trust the tests' throw-away authority. */
export async function startPair(
  options: Pick<ServerOptions, "env" | "database"> = {},
): Promise<readonly [TestServer, TestServer]> {
  const certificates = await testCertificates();
  const [portA, portB] = [await findServerPort(), await findServerPort()];
  const start = async (port: number, peerPort: number) => {
    const env = pairEnvironment({ port, peerPort, certificates });
    return startServer({ ...options, port, env: { ...env, ...options.env } });
  };
  return Promise.all([start(portA, portB), start(portB, portA)]);
}

/** Does what two commands do, without two more processes. */
async function makeAccount(
  config: Config,
  { handle, role }: { handle: string; role: "admin" | "member" },
): Promise<{ token: string; password: string }> {
  const password = `password of ${handle}`;
  const foundation = await layFoundation(config, { as: "visitor" });
  try {
    const ctx = createContext(foundation);
    await createAccount(ctx, { handle, password, role });
    return { token: (await createToken(ctx, { handle, name: "test" })).token, password };
  } finally {
    await foundation.close();
  }
}

async function startProcess(settings: Readonly<Record<string, string | undefined>>): Promise<Child> {
  const child = startNode(["src/main.ts"], { cwd: root, env: settings });
  try {
    await child.waitFor(/ is ready: | works for /, patience);
    return child;
  } catch (error) {
    await child.kill("SIGKILL");
    throw error;
  }
}

let built: Promise<unknown> | undefined;

/** Builds the client, unless it is built. */
export async function buildWebOnce(): Promise<void> {
  await (built ??= alone("building the client", buildWeb));
}
