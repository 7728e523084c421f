import { expect, test } from "vitest";
import { digestOf } from "./digest.ts";

const activity = { id: "https://a.example/1", type: "Create", object: { content: "grüß <dich>", to: ["b"] } };

test("the digest of an activity depends on what it says", () => {
  expect(digestOf(activity)).toBe("sha-256=ye614vx5Ya36OovMeMKG13x0dASiQNDcB2by3FHqUAA=");
  expect(digestOf({ ...activity, type: "Update" })).not.toBe(digestOf(activity));
  expect(digestOf({ ...activity, object: { ...activity.object, to: ["b", "c"] } })).not.toBe(
    digestOf(activity),
  );
});

test("the digest does not depend on the order of keys, on contexts or on proofs", () => {
  const other = {
    "@context": "https://www.w3.org/ns/activitystreams",
    signature: { type: "RsaSignature2017" },
    object: { to: ["b"], content: "grüß <dich>", proof: {} },
    type: "Create",
    id: "https://a.example/1",
  };
  expect(digestOf(other)).toBe(digestOf(activity));
});
