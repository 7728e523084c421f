import { describe, expect, test } from "vitest";
import { EgressError } from "./egress-error.ts";
import { createGate } from "./egress-gate.ts";

const gate = createGate({
  allowPrivateAddresses: ["localhost:8444", "[::1]:9000", "10.0.0.5:80"],
  ownHosts: ["a.example", "localhost:8443"],
});

function reasonFor(url: string): string | undefined {
  try {
    gate.check(url);
    return undefined;
  } catch (error) {
    if (error instanceof EgressError) return error.reason;
    throw error;
  }
}

describe("refused as an address", () => {
  test.each([
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[3fff::1]/",
    "https://[100::1]/",
    "https://[2001:db8::1]/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://2130706433/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://１２７.０.０.１/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://abcdefghij.onion/",
    "https://printer.local/",
    "https://printer.local./",
    "https://example.i2p/",
    "https://metadata.google.internal/",
    "https://db/",
  ])("%s", (url) => {
    expect(reasonFor(url)).toBe("address_refused");
  });
});

describe("refused as a URL", () => {
  test.each([
    "http://b.example/",
    "https://b.example:8443/",
    "https://b.example:80/",
    "https://user:secret@b.example/",
    "https://user@localhost:8444/",
    "ftp://b.example/",
    "file:///etc/passwd",
    "data:application/json,{}",
    "javascript:alert(1)",
    "gopher://b.example/",
    "/relative",
    "",
    "https://",
    "https://b.example../",
    `https://b.example/${"x".repeat(10_000)}`,
    "https://a.example/users/x",
    "https://A.EXAMPLE./users/x",
    "https://a.example:443/users/x",
    "https://localhost:8443/",
    "http://localhost:8445/",
  ])("%s", (url) => {
    expect(reasonFor(url)).toBe("url_refused");
  });
});

describe("open", () => {
  test.each([
    ["https://b.example/", "https://b.example/"],
    ["https://b.example:443/x", "https://b.example/x"],
    ["https://B.Example./x?y#z", "https://b.example/x?y#z"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://localhost:8444/x", "https://localhost:8444/x"],
    ["http://localhost:8444/x", "http://localhost:8444/x"],
    ["http://[::1]:9000/", "http://[::1]:9000/"],
    ["http://10.0.0.5/", "http://10.0.0.5/"],
    ["https://1.1.1.1/", "https://1.1.1.1/"],
  ])("%s", (url, expected) => {
    expect(gate.check(url).href).toBe(expected);
  });
});

test("an opened port opens no other port of the same host", () => {
  expect(reasonFor("https://10.0.0.5/")).toBe("address_refused");
  expect(reasonFor("https://localhost:8446/")).toBe("url_refused");
});

test("a refusal names the host and not the path", () => {
  expect(() => gate.check("http://b.example/secret?token=1")).toThrow(/^url_refused: b\.example$/);
});
