import ipaddr from "ipaddr.js";

/** Who a request comes from, as far as it can be believed. */
export interface RequestSource {
  /** The address at the other end of the connection. */
  readonly peer: string;
  /** The value of `X-Forwarded-For`, if there is one. */
  readonly forwardedFor: string | undefined;
}

/**
 * The client's address in canonical form. `X-Forwarded-For` is read from its right end, and only as far as trusted
 * proxies wrote it: what a client puts there itself stands further left and is never believed.
 */
export function clientAddress(source: RequestSource, trustedProxies: readonly string[]): string {
  const trusted = trustedProxies.map(parseNetwork);
  const isTrusted = (address: Address): boolean =>
    trusted.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  let client = parse(source.peer);
  for (const hop of (source.forwardedFor ?? "").split(",").toReversed()) {
    if (client === null || !isTrusted(client)) break;
    const before = parse(hop.trim());
    if (before === null) break;
    client = before;
  }
  return client?.toString() ?? source.peer;
}

/** What one customer of a provider has for themselves: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177). */
export function customerOf(address: string): string {
  const parsed = parse(address);
  if (parsed === null || parsed.kind() === "ipv4") return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** One spelling for each address: `::ffff:1.2.3.4` is 1.2.3.4, and a zone index plays no part. */
function parse(text: string): Address | null {
  const bare = text.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/%.*$/, "");
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}

function parseNetwork(text: string): [Address, number] {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
