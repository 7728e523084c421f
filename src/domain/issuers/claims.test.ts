import { expect, test } from "vitest";
import type { IssuerRow } from "#db/issuers.ts";
import { newId } from "#lib/ids.ts";
import { readClaims } from "./claims.ts";

const issuer: IssuerRow = {
  id: newId<"issuer">(),
  slug: "one",
  name: "One",
  uri: "https://id.example",
  signsIn: true,
  clientId: "chat",
  clientSecret: null,
  acceptsTokens: false,
  audience: null,
  jwksUri: null,
  sharedKey: null,
  algorithms: ["ES256"],
  claims: { subject: "oid" },
  makesAccounts: true,
  disabledAt: null,
  createdAt: new Date(0),
};

test("who somebody is, and in which session, is read of what was signed alone; what they are called may stand besides", () => {
  const besides = { oid: "somebody else", sid: "theirs", preferred_username: "ann", name: "Ann" };
  expect(readClaims(issuer, { sub: "x" }, besides)).toBeNull();
  const said = readClaims(issuer, { oid: "ann-1", name: "Ann Archer" }, besides);
  expect(said).toMatchObject({ subject: "ann-1", session: null, handle: "ann", name: "Ann Archer" });
});
