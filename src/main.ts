import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { countAccounts } from "#domain/accounts.ts";
import { configureLogs, log } from "#lib/log.ts";
import { StartupError } from "#lib/startup-error.ts";
import { type App, createApp } from "./app.ts";
import { type Foundation, layFoundation } from "./boot.ts";
import { type Config, readConfig } from "./config.ts";
import { type Doors, openDoors } from "./serve.ts";

const webFolder = fileURLToPath(new URL("../dist/web", import.meta.url));
const logger = log("boot");

/**
 * Milliseconds: for requests under way to end, for the whole farewell, until a second signal is one of its own,
 * between two looks at our parent.
 */
const patience = { requests: 3_000, all: 9_500, repeated: 500, parent: 300 };

/** What is running, in the order in which it was started. */
interface Running {
  foundation?: Foundation;
  app?: App;
  doors?: Doors;
}

const running: Running = {};
let starting: Promise<void> = Promise.resolve();
let stoppingSince: number | undefined;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Ends the process at once: an expected reason as one line, anything else with its place in the log. */
function fail(error: unknown): never {
  if (error instanceof StartupError) process.stderr.write(`Luciole cannot run: ${error.message}\n`);
  else logger.error("Luciole ends by an unexpected error", { error });
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  if (!existsSync(`${webFolder}/index.html`))
    throw new StartupError(
      `the web client is not built (${webFolder}): start with npm start, which builds it`,
    );
  const foundation = await layFoundation(config, { as: "server", onLost: fail });
  running.foundation = foundation;
  const app = await createApp({ ...foundation, webFolder });
  running.app = app;
  // A worker has no doors: it shares its database with others that do.
  if (config.role !== "worker") running.doors = await openDoors(app, config);
  await app.start();
  await greet(app, config);
}

/** One write, so that whoever waits for the first line has read them all. */
async function greet(app: App, config: Config): Promise<void> {
  const { version, origin } = app.ctx.settings;
  if (config.role === "worker") return say(`Luciole ${version} works for ${origin}`);
  const { admins } = await countAccounts(app.ctx);
  const firstSteps = [
    "Nobody administers this server yet. Make the first account, in another terminal:",
    "  npm run cli -- user create NAME --role admin",
  ];
  say([`Luciole ${version} is ready: ${origin}`, ...(admins === 0 ? firstSteps : [])].join("\n"));
}

async function stop(): Promise<void> {
  await starting.catch(() => undefined); // what is half begun is ended whole; its error is told where it was begun
  const { doors, app, foundation } = running;
  // Sockets are told to come back elsewhere while the last requests end; only then the database goes.
  await Promise.all([doors?.close(patience.requests), within(patience.requests, app?.stop())]);
  await foundation?.close();
}

async function within(ms: number, work: Promise<void> | undefined): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** npm hands a SIGTERM to the shell between us and it, which dies of it and hands nothing on. */
function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && onSignal("SIGTERM"), patience.parent).unref();
}

function onSignal(signal: NodeJS.Signals): void {
  // One Ctrl-C under npm arrives twice, from the terminal and from npm; only a later one means impatience.
  if (stoppingSince !== undefined && performance.now() - stoppingSince > patience.repeated) process.exit(1);
  if (stoppingSince !== undefined) return;
  stoppingSince = performance.now();
  logger.info("stopping", { signal });
  setTimeout(() => {
    logger.warn("what did not end in time is cut off; nothing that was acknowledged is lost");
    process.exit(0);
  }, patience.all).unref();
  stop().then(() => process.exit(0), fail);
}

process.on("uncaughtException", fail);
process.on("SIGTERM", onSignal);
process.on("SIGINT", onSignal);

try {
  const config = readConfig();
  const format = process.stderr.isTTY ? "text" : "json";
  configureLogs({ level: config.logLevel, format, write: (line) => process.stderr.write(line) });
  if (config.endsWithParent) watchParent();
  starting = start(config);
  await starting;
} catch (error) {
  await running.foundation?.close();
  fail(error);
}
