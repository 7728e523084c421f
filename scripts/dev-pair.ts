import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { buildWeb } from "./build-web.ts";
import { type Certificates, keepCertificates } from "./certificates.ts";
import { pairEnvironment } from "./pair.ts";

/**
 * Two servers on this machine that federate over TLS, to be opened in one browser. `npm run dev:pair -- 9443 9444` takes
 * other ports, `DATA_DIR` another folder than `data`.
 */
interface Member {
  readonly name: "a" | "b";
  readonly handle: string;
  readonly host: string;
  readonly port: number;
}

/** Cookies do not tell ports apart: under one name, whoever signs in here would be signed out there. */
const hosts = { a: "localhost", b: "127.0.0.1" } as const;

const root = join(import.meta.dirname, "..");
const data = resolve(process.env["DATA_DIR"] ?? join(root, "data"));
const password = "two fireflies";
const servers: ChildProcess[] = [];

function readPorts(): [number, number] {
  const [
    first = process.env["PAIR_PORT_A"] ?? 8443,
    second = process.env["PAIR_PORT_B"] ?? Number(first) + 1,
  ] = process.argv.slice(2);
  return [Number(first), Number(second)];
}

type Environment = Record<string, string | undefined>;

function environment(member: Member, peer: Member, certificates: Certificates): Environment {
  const own = {
    DATA_DIR: join(data, `pair-${member.name}`),
    DATABASE_URL: undefined,
    LUCIOLE_PASSWORD: password,
    npm_lifecycle_event: "dev:pair", // a server that npm started ends with its parent, and so it does if we are killed
  };
  const common = pairEnvironment({ ...member, peerHost: peer.host, peerPort: peer.port, certificates });
  return { ...process.env, ...common, ...own };
}

/** Starts one server in its own process group, so that a Ctrl-C reaches only us, who then stop both in order. */
async function start(member: Member, env: Environment): Promise<void> {
  const server = spawn(process.execPath, ["src/main.ts"], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  servers.push(server);
  createInterface({ input: server.stderr }).on("line", (line) =>
    process.stderr.write(`${member.name}: ${line}\n`),
  );
  const ended = new Promise<never>((_resolve, reject) => {
    server.once("exit", () => reject(new Error(`server ${member.name} has ended`)));
  });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: server.stdout }).on("line", (line) => line.includes(" is ready: ") && resolve());
  });
  await Promise.race([ready, ended]);
  ended.catch((error: Error) => stop(error));
  createAccount(member, env);
}

function createAccount({ handle }: Member, env: Environment): void {
  const args = ["src/cli.ts", "user", "create", handle, "--role", "admin"];
  const made = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  if (made.status !== 0 && !made.stderr.includes("is taken")) throw new Error(made.stderr);
}

let stopping = false;

async function stop(error?: Error): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (error) process.stderr.write(`${error.message}\n`);
  const running = servers.filter((server) => server.exitCode === null && server.signalCode === null);
  await Promise.all(
    running.map((server) => {
      server.kill("SIGTERM");
      return new Promise((resolve) => server.once("exit", resolve));
    }),
  );
  process.exit(error ? 1 : 0);
}

async function main(): Promise<void> {
  const [portA, portB] = readPorts();
  const a: Member = { name: "a", handle: "alice", host: hosts.a, port: portA };
  const b: Member = { name: "b", handle: "bob", host: hosts.b, port: portB };
  await buildWeb();
  const certificates = await keepCertificates(join(data, "pair-certificates"));
  await Promise.all([start(a, environment(a, b, certificates)), start(b, environment(b, a, certificates))]);
  const lines = [a, b].map(
    ({ handle, host, port }) =>
      `  https://${host}:${port}   sign in as ${handle}, address @${handle}@${host}:${port}`,
  );
  process.stdout.write(`Two servers that talk to each other:

${lines.join("\n")}

The password of both is: ${password}
Your browser will warn of their throw-away certificate: go on past the warning, on each of the two
(or let it trust ${certificates.authority}). Open both, begin a conversation from one with the
address of the other, and watch it arrive. Ctrl-C stops both; their data stay in ${data}.
`);
}

/** npm hands a SIGTERM to the shell between us and it, which dies of it and hands nothing on. */
function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void stop(), 300).unref();
}

watchParent();
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());
main().catch((error: Error) => stop(error));
