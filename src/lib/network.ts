import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** All addresses that begin alike. */
export interface Network {
  readonly address: Address;
  /** How many bits they share. */
  readonly bits: number;
}

/**
 * One spelling for each address: `::ffff:1.2.3.4` is 1.2.3.4, zeros before a number, a zone index and a port play no part.
 * Null for what is none, short and hexadecimal forms of IPv4 among it.
 */
export function parseAddress(text: string): Address | null {
  const bare = text
    .replace(/^\[(.*)\](?::\d+)?$/, "$1")
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1")
    .replace(/%.*$/, "")
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (dotted) => dotted.split(".").map(Number).join("."));
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare);
  return isAddress ? ipaddr.process(bare) : null;
}

/** Reads an address, or a network as CIDR (RFC 4632); null for what is none. A network of mapped addresses is one of IPv4. */
export function parseNetwork(text: string): Network | null {
  const [, before = "", length] = /^(.*?)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const address = parseAddress(before);
  if (address === null) return null;
  const isMapped = address.kind() === "ipv4" && before.includes(":");
  const most = address.kind() === "ipv4" ? 32 : 128;
  const bits = length === undefined ? most : Number(length) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > most) return null;
  const cidr = `${address.toString()}/${bits}`;
  const first =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return { address: first, bits };
}

/** The one spelling of a network. */
export function writeNetwork({ address, bits }: Network): string {
  return `${address.toString()}/${bits}`;
}

/** Whether an address is of a network. */
export function covers({ address, bits }: Network, other: Address): boolean {
  return address.kind() === other.kind() && other.match(address, bits);
}
