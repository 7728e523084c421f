import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepCertificates, type Certificates } from "../../scripts/certificates.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { createEgress, type Egress } from "./egress.ts";

let folder: string;
let files: Certificates;
let peer: HostilePeer;
let egress: Egress;
const usual = getCACertificates("default");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "egress-"));
  files = await keepCertificates(join(folder, "tls"));
  const [key, cert] = [await readFile(files.key, "utf8"), await readFile(files.cert, "utf8")];
  peer = await HostilePeer.start({ tls: { key, cert } });
  peer.document("/", { type: "Note" });
  egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test/1" });
});

afterAll(async () => {
  setDefaultCACertificates(usual);
  await egress.close();
  await peer.close();
  await rm(folder, { recursive: true });
});

async function trustAuthority(): Promise<void> {
  setDefaultCACertificates([...usual, await readFile(files.authority, "utf8")]);
}

test("a certificate that no authority vouches for is a fault of the network, of an opened host too", async () => {
  setDefaultCACertificates(usual);
  await expect(egress.fetch(peer.url("/"))).rejects.toMatchObject({ reason: "network" });
  expect(peer.requests).toEqual([]);
});

test("over TLS the name is checked, and a kept connection carries the next request", async () => {
  await trustAuthority();
  for (let n = 0; n < 3; n += 1) expect((await egress.fetch(peer.url("/"))).status).toBe(200);
  expect(peer.requests.map(({ headers }) => headers.host)).toEqual([peer.host, peer.host, peer.host]);
});

test("IF-48: from https nobody is led to http", async () => {
  await trustAuthority();
  const plain = await HostilePeer.start();
  const both = createEgress({ allowPrivateAddresses: [peer.host, plain.host], userAgent: "test/1" });
  peer.redirect("/down", plain.url("/"));
  await expect(both.fetch(peer.url("/down"))).rejects.toMatchObject({ reason: "redirect_refused" });
  expect(plain.connections).toBe(0);
  await both.close();
  await plain.close();
});
