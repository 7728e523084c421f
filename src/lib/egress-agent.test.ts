import { createSocket, type Socket } from "node:dgram";
import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDnsResolve } from "./egress-agent.ts";
import { createEgress } from "./egress.ts";

const zone: Readonly<Record<string, readonly string[]>> = {
  "both.example": ["8.8.8.8", "2001:4860:4860::8888"],
  "four.example": ["8.8.4.4", "8.8.8.8"],
  "six.example": ["2001:4860:4860::8844"],
  "rebind.example": ["8.8.8.8", "127.0.0.1"],
  "metadata.example": ["169.254.169.254"],
};

let server: Socket;
let servers: string[];

beforeAll(async () => {
  server = createSocket("udp4");
  server.on("message", (query, { port, address }) => server.send(answer(query), port, address));
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  servers = [`127.0.0.1:${server.address().port}`];
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

/** A DNS answer (RFC 1035, section 4) from the zone above; "no such name" for what is not in it. */
function answer(query: Buffer): Buffer {
  let at = 12;
  const labels = [];
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const wantsIPv4 = query.readUInt16BE(at + 1) === 1;
  const known = zone[labels.join(".").toLowerCase()];
  const addresses = (known ?? []).filter((address) => isIPv4(address) === wantsIPv4);
  const head = Buffer.from(query.subarray(0, at + 5));
  head.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const bytes = ipaddr.parse(address).toByteArray();
    return Buffer.from([0xc0, 12, 0, wantsIPv4 ? 1 : 28, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]);
  });
  return Buffer.concat([head, ...records]);
}

test.each(["both.example", "four.example", "six.example"])(
  "%s has its addresses of both families",
  async (name) => {
    const found = await createDnsResolve(servers)(name);
    expect(found.toSorted()).toEqual(zone[name]?.toSorted());
  },
);

test("a name that does not exist is a fault of the network", async () => {
  await expect(createDnsResolve(servers)("gone.example")).rejects.toMatchObject({ reason: "network" });
});

test.each(["rebind.example", "metadata.example"])("%s is refused by its addresses", async (name) => {
  const egress = createEgress({
    allowPrivateAddresses: [],
    userAgent: "test/1",
    resolve: createDnsResolve(servers),
  });
  await expect(egress.fetch(`https://${name}/`)).rejects.toMatchObject({ reason: "address_refused" });
  await egress.close();
});
