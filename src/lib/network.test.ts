import { expect, test } from "vitest";
import { covers, parseAddress, parseNetwork, writeNetwork } from "./network.ts";

const spelled = (text: string): string | null => {
  const network = parseNetwork(text);
  return network && writeNetwork(network);
};

test("every spelling of a network is one network", () => {
  for (const text of [
    "192.0.2.7/24",
    "192.0.2.0/24",
    " 192.000.002.001/24",
    "::ffff:192.0.2.9/120",
    "::FFFF:c000:0207/120",
  ])
    expect([text, spelled(text)]).toEqual([text, "192.0.2.0/24"]);
  for (const text of ["2001:db8::/32", "2001:DB8:1::9/32", "2001:0db8:0000::/32", "2001:db8::1%eth0/32"])
    expect([text, spelled(text)]).toEqual([text, "2001:db8::/32"]);
  expect(spelled("192.0.2.7")).toBe("192.0.2.7/32");
  expect(spelled("2001:db8::1")).toBe("2001:db8::1/128");
  expect([spelled("0.0.0.0/0"), spelled("::ffff:0.0.0.0/96"), spelled("::/0")]).toEqual([
    "0.0.0.0/0",
    "0.0.0.0/0",
    "::/0",
  ]);
});

test("what is no network is none", () => {
  for (const text of [
    "",
    "1",
    "0x7f.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.4/33",
    "::/129",
    "::1/x",
    "::ffff:1.2.3.4/95",
    "1.2.3.4/-1",
    "example.com",
    "1.2.3.4/24/24",
  ])
    expect([text, spelled(text)]).toEqual([text, null]);
});

test("an address is of a network by its first bits, whatever it looks like", () => {
  const network = parseNetwork("192.0.2.128/25")!;
  for (const text of ["192.0.2.200", "::ffff:192.0.2.200", "192.000.002.200", "::ffff:c000:02c8"])
    expect(covers(network, parseAddress(text)!)).toBe(true);
  for (const text of ["192.0.2.1", "::c000:2c8", "2001:db8::1"])
    expect(covers(network, parseAddress(text)!)).toBe(false);
});
