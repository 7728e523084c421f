import ipaddr from "ipaddr.js";
import { isPublicAddress } from "./egress-addresses.ts";
import { EgressError } from "./egress-error.ts";

const longestUrl = 2048;
const privateSuffixes = ["localhost", "local", "internal", "onion", "i2p"];

export interface GateOptions {
  readonly allowPrivateAddresses: readonly string[];
  readonly ownHosts?: readonly string[];
}

/** The rules that need no network: which URLs may be asked at all. */
export interface Gate {
  /** Parses and judges; the trailing dot of a host is removed. Throws EgressError. */
  check(url: string | URL): URL;
  /** Whether this host and port were opened by the operator, whatever their address is. */
  isOpened(url: URL): boolean;
}

/** Builds the gate from the operator's `host:port` entries. */
export function createGate(options: GateOptions): Gate {
  const opened = new Set(options.allowPrivateAddresses.map((entry) => entry.toLowerCase()));
  const own = new Set(options.ownHosts?.map((entry) => entry.toLowerCase()));
  const isOpened = (url: URL): boolean =>
    opened.has(`${url.hostname}:${url.port === "" ? defaultPort(url) : url.port}`);

  const check = (text: string | URL): URL => {
    const url = parse(text);
    if (own.has(url.host)) throw new EgressError("url_refused", url.host);
    if (isOpened(url)) return url;
    if (url.protocol !== "https:" || url.port !== "") throw new EgressError("url_refused", url.host);
    checkHost(url);
    return url;
  };
  return { check, isOpened };
}

function parse(text: string | URL): URL {
  const parsed = String(text).length <= longestUrl ? URL.parse(String(text)) : null;
  if (parsed === null) throw new EgressError("url_refused", "(not a URL)");
  const url = new URL(parsed);
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  const plain = url.username === "" && url.password === "";
  const http = url.protocol === "https:" || url.protocol === "http:";
  if (!plain || !http || url.hostname === "" || url.hostname.endsWith(".")) {
    throw new EgressError("url_refused", url.host);
  }
  return url;
}

function defaultPort(url: URL): string {
  return url.protocol === "https:" ? "443" : "80";
}

/** The URL parser has already turned 0x7f.1, 2130706433 and 127.1 into 127.0.0.1. */
function checkHost(url: URL): void {
  const address = literalAddress(url.hostname);
  if (address !== undefined) {
    if (!isPublicAddress(address)) throw new EgressError("address_refused", url.host);
    return;
  }
  const labels = url.hostname.split(".");
  if (labels.length < 2 || privateSuffixes.includes(labels.at(-1) ?? "")) {
    throw new EgressError("address_refused", url.host);
  }
}

/** The IP address that a URL's hostname is, without brackets; undefined for a name. */
function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : undefined;
}
