import { sign } from "node:crypto";
import { expect, test } from "vitest";
import { cryptoKeyOf, rsaKeyPair } from "../../test/helpers/keys.ts";
import { fitsCavage, signCavage } from "./cavage.ts";
import { readSignature } from "./verify-signature-header.ts";

const keys = rsaKeyPair();
const publicKey = keys.publicKey.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, [
  "verify",
]);
const url = new URL("https://b.example/m/1?page=2");
const keyId = "https://a.example/u#main-key";

function claimOf(signature: string) {
  const claim = readSignature(new Headers({ signature }));
  if (claim === undefined) throw new Error("no signature");
  return claim;
}

/** A signature over this text, which claims to cover these names. */
function claimed(names: string, text: string, parameters = "") {
  const signature = sign("sha256", Buffer.from(text), keys.privateKey).toString("base64");
  return claimOf(`keyId="${keyId}",headers="${names}",signature="${signature}"${parameters}`);
}

test("what is signed fits, with its query and every header, and nothing else does", async () => {
  const accept = "application/activity+json";
  const signer = { keyId, privateKey: cryptoKeyOf(keys), body: null };
  const signed = await signCavage({ method: "GET", url, headers: new Map([["accept", accept]]) }, signer);
  const { signature = "", ...headers } = signed;
  const claim = claimOf(signature);
  expect([...claim.covered]).toEqual(["(request-target)", "host", "date", "accept"]);
  const request = { method: "GET", url, headers: new Map(Object.entries(headers)) };
  expect(fitsCavage(claim, request, publicKey)).toBe(true);
  for (const other of [
    { ...request, method: "POST" },
    { ...request, url: new URL("https://b.example/m/1?page=3") },
    { ...request, url: new URL("https://b.example/m/2?page=2") },
    { ...request, headers: new Map([...request.headers, ["accept", "text/html"]]) },
    { ...request, headers: new Map([...request.headers, ["date", "Sun, 22 Nov 2026 00:00:00 GMT"]]) },
  ])
    expect(fitsCavage(claim, other, publicKey)).toBe(false);
  const foreign = rsaKeyPair().publicKey.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, [
    "verify",
  ]);
  expect(fitsCavage(claim, request, foreign)).toBe(false);
});

test("a body is covered by its digest", async () => {
  const signer = { keyId, privateKey: cryptoKeyOf(keys), body: "{}" };
  const headers = await signCavage({ method: "POST", url, headers: new Map() }, signer);
  expect(headers["digest"]).toBe("SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
  expect([...claimOf(headers["signature"]!).covered]).toContain("digest");
});

test("a signature over something that is not there does not fit, whatever was signed in its place", () => {
  const request = { method: "GET", url, headers: new Map<string, string>() };
  for (const nothing of ["", "undefined", "null"]) {
    expect(fitsCavage(claimed("date", `date: ${nothing}`), request, publicKey)).toBe(false);
    expect(fitsCavage(claimed("(created)", `(created): ${nothing}`), request, publicKey)).toBe(false);
  }
  const created = claimed("(created)", "(created): 12", ",created=12");
  expect(fitsCavage(created, request, publicKey)).toBe(true);
});
