import { covers, parseAddress, parseNetwork, writeNetwork } from "./network.ts";

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
  const trusted = trustedProxies.flatMap((text) => parseNetwork(text) ?? []);
  let client = parseAddress(source.peer);
  for (const hop of (source.forwardedFor ?? "").split(",").toReversed()) {
    const hand = client;
    if (hand === null || !trusted.some((network) => covers(network, hand))) break;
    const before = parseAddress(hop.trim());
    if (before === null) break;
    client = before;
  }
  return client?.toString() ?? source.peer;
}

/** What one customer of a provider has for themselves: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177). */
export function customerOf(address: string): string {
  return around(address, { ipv4: null, ipv6: 64 });
}

/** Roughly where an address is: the network around it, as people are shown it (`203.0.113.0/24`); what is none stays. */
export function placeOf(address: string): string {
  return around(address, { ipv4: 24, ipv6: 48 });
}

function around(address: string, bits: Record<"ipv4" | "ipv6", number | null>): string {
  const parsed = parseAddress(address);
  const length = parsed && bits[parsed.kind()];
  const network = length && parseNetwork(`${parsed.toString()}/${length}`);
  return network ? writeNetwork(network) : address;
}
