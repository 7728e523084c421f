import { expect, test } from "vitest";
import { clientAddress, customerOf } from "./client-address.ts";

const trusted = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"];
const from = (peer: string, forwardedFor?: string) => clientAddress({ peer, forwardedFor }, trusted);

test("without a trusted proxy the connection alone counts, whatever the client claims", () => {
  expect(from("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  expect(clientAddress({ peer: "10.0.0.1", forwardedFor: "198.51.100.1" }, [])).toBe("10.0.0.1");
});

test("behind trusted proxies it is the last address that one of them did not write about another of them", () => {
  expect(from("127.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
  expect(from("127.0.0.1", "198.51.100.1, 10.1.2.3")).toBe("198.51.100.1");
  expect(from("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3")).toBe("198.51.100.1");
  expect(from("127.0.0.1", "198.51.100.1, nonsense")).toBe("127.0.0.1");
  expect(from("fd00::1", "2001:db8::7")).toBe("2001:db8::7");
});

test("every spelling of an address is one address", () => {
  for (const spelling of ["::ffff:198.51.100.1", "::FFFF:c633:6401", "198.51.100.1", "198.51.100.1:4711"]) {
    expect(from("::ffff:127.0.0.1", spelling)).toBe("198.51.100.1");
  }
  for (const spelling of [
    "2001:DB8:0:0::1",
    "2001:db8::0001",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    "2001:db8::1%eth0",
  ]) {
    expect(from("127.0.0.1", spelling)).toBe("2001:db8::1");
  }
});

test("a customer is an IPv4 address or an IPv6 network of 64 bits", () => {
  expect(customerOf("198.51.100.1")).toBe("198.51.100.1");
  expect(customerOf("2001:db8:1:2:3:4:5:6")).toBe(customerOf("2001:db8:1:2::9"));
  expect(customerOf("2001:db8:1:3::9")).not.toBe(customerOf("2001:db8:1:2::9"));
});
