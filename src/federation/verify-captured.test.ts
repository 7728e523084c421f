import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { serveSender } from "../../test/helpers/captured-sender.ts";
import { HostileScene } from "../../test/helpers/hostile-scene.ts";
import { sha256, signCavage, type Sendable } from "../../test/helpers/hostile-signing.ts";
import { originsOf, readCaptured, resign } from "../../test/helpers/resign.ts";

let scene: HostileScene;

beforeAll(async () => {
  scene = await HostileScene.start();
});

beforeEach(() => scene.renew());

afterAll(() => scene.close());

const serveGoToSocial = () => serveSender(scene.evil, "https://gts.test/users/bob", scene.eve.keys);

function serveHollo(): void {
  for (const name of ["hana", "hugo"]) serveSender(scene.evil, `https://hollo.test/@${name}`, scene.eve.keys);
}

function resigned(name: string): Sendable {
  const captured = readCaptured(name);
  const { sender, receiver } = originsOf(captured);
  const replace = { [sender]: scene.evil.origin, [receiver]: scene.inbox.origin };
  return resign(captured, { replace, keys: scene.eve.keys });
}

test.each([
  "gotosocial-to-hollo-dm-create",
  "gotosocial-to-hollo-dm-reply",
  "gotosocial-to-hollo-dm-edit",
  "gotosocial-to-hollo-dm-delete",
  "gotosocial-to-hollo-twoedit-1-create",
  "gotosocial-to-hollo-twoedit-2-update",
  "gotosocial-to-hollo-twoedit-3-update",
])("%s, as GoToSocial signs it (hs2019, no content type covered), is proven", async (name) => {
  serveGoToSocial();
  expect(await scene.outcome(resigned(name))).toBe("202");
  expect(scene.inbox.accepted[0]?.actorUri).toBe(scene.evil.url("/users/bob"));
});

test.each([
  "hollo-to-gotosocial-dm-create",
  "hollo-to-gotosocial-dm-reply",
  "hollo-to-gotosocial-dm-edit",
  "hollo-to-gotosocial-dm-delete",
])("%s, as Hollo signs it, is proven on the bytes that carry its other proofs", async (name) => {
  serveHollo();
  const request = resigned(name);
  expect(String(request.body)).toContain("proofValue");
  expect(await scene.outcome(request)).toBe("202");
  expect(JSON.stringify(scene.inbox.accepted[0]?.activity)).not.toContain("proofValue");
});

test("a captured request with its own signature and date is refused", async () => {
  serveHollo();
  const captured = readCaptured("hollo-to-gotosocial-dm-create");
  const headers = Object.fromEntries(captured.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const sendable = { method: "POST", target: "/users/bob/inbox", body: captured.raw_body ?? "" };
  const request = { ...sendable, headers: { ...headers, host: scene.inbox.host } };
  expect(await scene.outcome(request)).toBe("401 date_outside_window");
});

test("a signed GET of GoToSocial is proven", async () => {
  serveGoToSocial();
  const request = resigned("get-gotosocial-hollo_hugo");
  expect(await scene.outcome(request)).toBe("202");
});

test("a signed GET of Hollo is proven, with every header that it covers", async () => {
  serveHollo();
  const request = resigned("get-hollo-gts_users_bob");
  expect(await scene.outcome(request)).toBe("202");
  const changed = { ...request, headers: { ...request.headers, accept: "text/html" } };
  expect(await scene.outcome(changed)).toBe("401 signature_wrong");
});

test("a GET with the digest of no body, as snac signs it, is proven; unsigned or elsewhere signed it is not", async () => {
  const headers = {
    host: scene.inbox.host,
    date: new Date().toUTCString(),
    digest: `SHA-256=${sha256("")}`,
    accept: "application/activity+json",
  };
  const unsigned = { method: "GET", target: "/m/1", headers };
  const signed = signCavage(unsigned, scene.as(scene.eve));
  expect(await scene.outcome(signed)).toBe("202");
  expect(await scene.outcome(unsigned)).toBe("401 signature_missing");
  expect(await scene.outcome({ ...signed, target: "/m/2" })).toBe("401 signature_wrong");
  const uncovered = signCavage(unsigned, { ...scene.as(scene.eve), covers: ["host", "date"] });
  expect(await scene.outcome(uncovered)).toBe("401 not_covered");
});
