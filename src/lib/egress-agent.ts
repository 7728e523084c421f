import { Resolver, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { isPublicAddress } from "./egress-addresses.ts";
import { EgressError } from "./egress-error.ts";
import type { Gate } from "./egress-gate.ts";

/** Finds every address of a name; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const connectTimeoutMs = 5_000;
const connectionsPerOrigin = 16;

/**
 * Builds the connections: addresses are judged between looking them up and connecting to them, in the same step, so
 * that a name cannot answer one address to the judge and another to the socket.
 */
export function createAgent(gate: Gate, resolve: Resolve): Agent {
  const common = { timeout: connectTimeoutMs, allowH2: false };
  const opened = buildConnector(common);
  const guarded = buildConnector({ ...common, lookup: judgedLookup(resolve) } as buildConnector.BuildOptions);
  return new Agent({
    connections: connectionsPerOrigin,
    connect: (options, callback) => {
      if (gate.isOpened(new URL(`${options.protocol}//${options.host ?? options.hostname}`))) {
        opened(options, callback);
      } else {
        guarded(options, judgedSocket(options.hostname, callback));
      }
    },
  });
}

function judgedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    void answerLookup({ hostname, options, callback }, resolve);
  };
}

interface Lookup {
  readonly hostname: string;
  readonly options: LookupOptions;
  readonly callback: Parameters<LookupFunction>[2];
}

async function answerLookup({ hostname, options, callback }: Lookup, resolve: Resolve): Promise<void> {
  try {
    const found = await judgedAddresses(hostname, resolve);
    if (options.all === true) callback(null, [...found]);
    else callback(null, found[0].address, found[0].family);
  } catch (error) {
    callback(error instanceof Error ? error : new Error(String(error)), []);
  }
}

/** One private address among public ones is an attempt to be let in, so it refuses the name. */
async function judgedAddresses(
  hostname: string,
  resolve: Resolve,
): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
  const addresses = await resolve(hostname);
  const [first, ...others] = addresses.map((address) => ({ address, family: isIP(address) }));
  if (first === undefined) throw new EgressError("network", hostname);
  if (!addresses.every(isPublicAddress)) throw new EgressError("address_refused", hostname);
  return [first, ...others];
}

/** Belt and braces: what the socket is really connected to, whoever looked it up. */
function judgedSocket(hostname: string, callback: buildConnector.Callback): buildConnector.Callback {
  return (error, socket) => {
    if (socket === null || socket === undefined) {
      callback(error ?? new Error("no socket"), null);
    } else if (isPublicAddress(socket.remoteAddress ?? "")) {
      callback(null, socket);
    } else {
      socket.destroy();
      callback(new EgressError("address_refused", hostname), null);
    }
  };
}

/**
 * Asks DNS itself, both families: getaddrinfo would let names that answer slowly occupy the few threads on which
 * passwords are hashed and files are read. `servers` (`address:port`) stand in for those of the machine.
 */
export function createDnsResolve(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const ask = (family: "resolve4" | "resolve6", hostname: string): Promise<string[]> =>
    new Promise((settle, reject) => {
      resolver[family](hostname, (error: Error | null, addresses: string[]) => {
        if (error === null) settle(addresses);
        else reject(error);
      });
    });
  return async (hostname) => {
    const answers = await Promise.allSettled([ask("resolve6", hostname), ask("resolve4", hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses;
    throw new EgressError("network", hostname, {
      cause: answers.find((answer) => answer.status === "rejected")?.reason,
    });
  };
}
