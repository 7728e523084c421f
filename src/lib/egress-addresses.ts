import ipaddr from "ipaddr.js";

// https://www.iana.org/assignments/iana-ipv4-special-registry, with multicast and 240.0.0.0/4
const refused4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((range) => ipaddr.IPv4.parseCIDR(range));

// Of IPv6 only the part that is handed out is open, without what is set apart inside it.
const open6 = ipaddr.IPv6.parseCIDR("2000::/3");
const refused6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48"].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);

// Prefixes whose last 32 bits are an IPv4 address: it is that one which answers.
const mapped = ipaddr.IPv6.parseCIDR("::ffff:0:0/96");
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/** Tells whether an IP address (not a name) belongs to the public internet; false for what is no address. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return isPublic4(parsed);
  if (parsed.match(mapped) || parsed.match(nat64)) {
    return isPublic4(new ipaddr.IPv4(parsed.toByteArray().slice(12)));
  }
  return parsed.match(open6) && !refused6.some((range) => parsed.match(range));
}

function isPublic4(address: ipaddr.IPv4): boolean {
  return !refused4.some((range) => address.match(range));
}
