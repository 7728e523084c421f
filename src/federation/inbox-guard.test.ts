import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveActor } from "../../test/helpers/hostile-actor.ts";
import { HostileScene, without } from "../../test/helpers/hostile-scene.ts";
import { sha256, signCavage, signRfc9421 } from "../../test/helpers/hostile-signing.ts";
import { malformedSignatures } from "../../test/helpers/malformed-signatures.ts";
import { ed25519KeyPair, multibaseOf } from "../../test/helpers/keys.ts";

let scene: HostileScene;

beforeAll(async () => {
  scene = await HostileScene.start();
});

beforeEach(() => scene.renew());

afterAll(() => scene.close());

const seconds = (ago = 0): number => Math.floor(Date.now() / 1000) - ago;
const httpDate = (ago = 0): string => new Date(Date.now() - ago * 1000).toUTCString();

describe("a correctly signed activity is accepted", () => {
  test("with its proofs taken away at every level and the digest of its bytes", async () => {
    const { eve, inbox } = scene;
    const body = scene.create(eve.id, {
      proof: { type: "DataIntegrityProof", proofValue: "z1" },
      signature: { type: "RsaSignature2017" },
      object: { type: "Note", proof: [{ a: 1 }], tag: [{ type: "Mention", signature: "x", name: "@bob" }] },
    });
    expect(await scene.outcome(scene.byEve(body))).toBe("202");
    const [accepted] = inbox.accepted;
    expect(accepted?.actorUri).toBe(eve.id);
    expect(accepted?.digest).toBe(Buffer.from(sha256(body), "base64").toString("hex"));
    expect(JSON.stringify(accepted?.activity)).not.toMatch(/proof|signature/);
    expect(accepted?.activity["object"]).toEqual({ type: "Note", tag: [{ type: "Mention", name: "@bob" }] });
  });

  test("with one fetch of the key for many messages", async () => {
    for (let n = 0; n < 5; n += 1) {
      expect(await scene.outcome(scene.byEve(scene.create(scene.eve.id)))).toBe("202");
    }
    expect(scene.fetches).toEqual([scene.eve.path]);
  });

  test("with the actor as an object, or as the only one of a list", async () => {
    const { id } = scene.eve;
    for (const actor of [{ id, type: "Person" }, [id], [{ id }]]) {
      expect(await scene.outcome(scene.byEve(scene.create(actor)))).toBe("202");
    }
    expect(scene.inbox.accepted.map(({ actorUri }) => actorUri)).toEqual([id, id, id]);
  });

  test("in chunks without Content-Length, with (created) and (expires) beside the date", async () => {
    const signed = scene.byEve(
      scene.create(scene.eve.id),
      { "transfer-encoding": "chunked" },
      {
        covers: ["(request-target)", "(created)", "(expires)", "host", "date", "digest"],
        parameters: { algorithm: "hs2019", created: seconds(), expires: seconds(-60) },
      },
    );
    expect(await scene.outcome(without(signed, "content-length"))).toBe("202");
  });

  test.each([
    [["@method", "@target-uri", "content-digest"]],
    [["@method", "@authority", "@path", "content-digest", "content-type", "date"]],
  ])("by RFC 9421 over %s", async (covers) => {
    const signing = { covers, parameters: { created: seconds() } };
    expect(await scene.outcome(scene.byEve9421(scene.create(scene.eve.id), signing))).toBe("202");
  });

  test("by RFC 9421 with an Ed25519 key of assertionMethod", async () => {
    const keys = ed25519KeyPair();
    const id = scene.evil.url("/users/ed");
    const keyId = `${id}#ed25519-key`;
    const method = { id: keyId, type: "Multikey", controller: id, publicKeyMultibase: multibaseOf(keys) };
    scene.evil.document("/users/ed", { ...scene.eve.document, id, publicKey: [], assertionMethod: [method] });
    const signed = signRfc9421(scene.unsigned(scene.create(id)), {
      ...scene.as({ keyId }, keys),
      authority: scene.inbox.origin,
      parameters: { created: seconds(), alg: "ed25519" },
    });
    expect(await scene.outcome(signed)).toBe("202");
  });
});

describe("the signature", () => {
  test("is missing: nothing is fetched (IF-01)", async () => {
    const unsigned = scene.unsigned(scene.create(scene.eve.id));
    expect(await scene.outcome(unsigned)).toBe("401 signature_missing");
    expect(scene.fetches).toEqual([]);
  });

  test("is malformed: nothing is fetched (IF-02)", async () => {
    const body = scene.create(scene.eve.id);
    for (const signature of malformedSignatures(scene.eve.keyId)) {
      const request = scene.unsigned(body, { signature });
      expect(await scene.outcome(request)).toBe("401 signature_malformed");
      const created = `sig1=("@method" "@target-uri" "content-digest");keyid="${scene.eve.keyId}"`;
      const by9421 = scene.unsigned(body, { signature, "signature-input": created });
      expect(await scene.outcome(by9421)).toBe("401 signature_malformed");
    }
    expect(scene.fetches).toEqual([]);
  });

  test("is another key's under the right keyId (IF-03)", async () => {
    const forged = signCavage(
      scene.unsigned(scene.create(scene.vic.id)),
      scene.as(scene.vic, scene.eve.keys),
    );
    expect(await scene.outcome(forged)).toBe("401 signature_wrong");
    expect(scene.fetches.length).toBeLessThanOrEqual(2);
  });

  test("is eve's, the actor is vic (IF-06)", async () => {
    expect(await scene.outcome(scene.byEve(scene.create(scene.vic.id)))).toBe("401 actor_not_signer");
    expect(scene.fetches).toEqual([]);
    expect(await scene.outcome(scene.byEve(scene.create(scene.eve.id)))).toBe("202");
    expect(await scene.outcome(scene.byEve(scene.create(scene.vic.id)))).toBe("401 actor_not_signer");
  });

  test("is eve's, the actor is somebody else of the same server", async () => {
    const other = serveActor(scene.evil, "mallory", scene.eve.keys);
    expect(await scene.outcome(scene.byEve(scene.create(other.id)))).toBe("401 actor_not_signer");
  });

  test.each([
    [["date"]],
    [["host", "date", "digest"]],
    [["(request-target)", "date", "digest"]],
    [["(request-target)", "host", "digest"]],
    [["(request-target)", "host", "date"]],
  ])("covers only %s (IF-10)", async (covers) => {
    const signed = scene.byEve(scene.create(scene.eve.id), {}, { covers });
    expect(await scene.outcome(signed)).toBe("401 not_covered");
    expect(scene.fetches).toEqual([]);
  });

  test.each([
    [["@target-uri", "content-digest"]],
    [["@method", "content-digest"]],
    [["@method", "@authority", "content-digest"]],
    [["@method", "@path", "content-digest"]],
    [["@method", "@target-uri"]],
  ])("by RFC 9421 covers only %s (IF-10)", async (covers) => {
    const signed = scene.byEve9421(scene.create(scene.eve.id), {
      covers,
      parameters: { created: seconds() },
    });
    expect(await scene.outcome(signed)).toBe("401 not_covered");
  });

  test("was made for another inbox, another method, another host, another port (IF-12)", async () => {
    const body = scene.create(scene.eve.id);
    const signedElsewhere = scene.byEve(body, {}, { signedTarget: "/users/alice/inbox" });
    expect(await scene.outcome(signedElsewhere)).toBe("401 signature_wrong");
    const postedElsewhere = { ...scene.byEve(body), target: "/inbox" };
    expect(await scene.outcome(postedElsewhere)).toBe("401 signature_wrong");
    const signedAsPut = signCavage({ ...scene.unsigned(body), method: "PUT" }, scene.as(scene.eve));
    expect(await scene.outcome({ ...signedAsPut, method: "POST" })).toBe("401 signature_wrong");
    for (const host of ["other.example", `localhost:${scene.inbox.port + 1}`, "localhost", ""]) {
      expect(await scene.outcome(scene.byEve(body, { host }))).toBe("401 host_foreign");
    }
  });

  test.each(["//users/bob/inbox", "/users//bob/inbox", "/users/x/../bob/inbox", "/users/x/%2e%2e/bob/inbox"])(
    "stands over a path in another spelling: %s (IF-12)",
    async (target) => {
      const body = scene.create(scene.eve.id);
      const reused = { ...scene.byEve(body), target };
      expect(await scene.outcome(reused)).toBe("401 target_not_canonical");
      const signed = signCavage({ ...scene.unsigned(body), target }, scene.as(scene.eve));
      expect(await scene.outcome(signed)).toBe("401 target_not_canonical");
    },
  );

  test("is valid inside the body, by vic, while the request is unsigned or eve's (IF-11)", async () => {
    const file = "../../test/fixtures/federation/hollo-to-gotosocial-dm-create.json";
    const captured = JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as { raw_body: string };
    const embedded = captured.raw_body;
    expect(embedded).toContain("RsaSignature2017");
    expect(await scene.outcome(scene.unsigned(embedded))).toBe("401 signature_missing");
    expect(await scene.outcome(scene.byEve(embedded))).toBe("401 actor_not_signer");
    const activity = JSON.parse(embedded) as Record<string, unknown>;
    for (const wrapped of [{ "@graph": [activity] }, { "@reverse": activity }, { "@included": [activity] }]) {
      expect(await scene.outcome(scene.unsigned(JSON.stringify(wrapped)))).toBe("401 signature_missing");
      const byEve = scene.byEve(JSON.stringify({ ...wrapped, actor: scene.vic.id }));
      expect(await scene.outcome(byEve)).toBe("401 actor_not_signer");
    }
  });
});

describe("the digest (IF-04)", () => {
  test("is of another body", async () => {
    const signed = scene.byEve(scene.create(scene.eve.id));
    const changed = { ...signed, body: scene.create(scene.eve.id).replace("hello", "hallo") };
    expect(await scene.outcome(changed)).toBe("401 digest_mismatch");
    expect(scene.fetches).toEqual([]);
  });

  test("is absent, or weak, or weak where it is signed and strong where it is not", async () => {
    const body = scene.create(scene.eve.id);
    const covers = ["(request-target)", "host", "date"];
    const absent = without(scene.byEve(body, {}, { covers }), "digest");
    expect(await scene.outcome(absent)).toBe("401 digest_missing");
    const weak = (["md5", "sha1"] as const).map((hash) => createHash(hash).update(body).digest("base64"));
    for (const digest of [`MD5=${weak[0]}`, `SHA=${weak[1]}`, "SHA-512=x", ""]) {
      expect(await scene.outcome(scene.byEve(body, { digest }))).toBe("401 digest_missing");
    }
  });

  test("stands there twice, once wrong", async () => {
    const body = scene.create(scene.eve.id);
    const [right, wrong] = [`SHA-256=${sha256(body)}`, `SHA-256=${sha256("other")}`];
    for (const digest of [`${right}, ${wrong}`, `${wrong},${right}`]) {
      expect(await scene.outcome(scene.byEve(body, { digest }))).toBe("401 digest_mismatch");
    }
    const other = { "content-digest": `sha-256=:${sha256("other")}:` };
    expect(await scene.outcome(scene.byEve(body, other))).toBe("401 digest_mismatch");
  });
});

describe("the time (IF-05)", () => {
  test.each([310, -310, 86_400])("is %d seconds ago", async (ago) => {
    const signed = scene.byEve(scene.create(scene.eve.id), { date: httpDate(ago) });
    expect(await scene.outcome(signed)).toBe("401 date_outside_window");
    expect(scene.fetches).toEqual([]);
  });

  test.each([280, -280])("is within five minutes: %d seconds ago", async (ago) => {
    const signed = scene.byEve(scene.create(scene.eve.id), { date: httpDate(ago) });
    expect(await scene.outcome(signed)).toBe("202");
  });

  test("is missing, or nonsense", async () => {
    const body = scene.create(scene.eve.id);
    const covers = ["(request-target)", "host", "digest"];
    const missing = without(scene.byEve(body, {}, { covers }), "date");
    expect(await scene.outcome(missing)).toBe("401 date_missing");
    const twice = `${httpDate()}, ${httpDate()}`;
    for (const date of ["now", "", "2026-11-22T08:00:00Z", twice, "Sun, 99 Nov 2026 08:00:00 GMT"]) {
      expect(await scene.outcome(scene.byEve(body, { date }))).toBe("401 date_outside_window");
    }
  });

  test("of creation is old or in the future, of expiry is past", async () => {
    const body = scene.create(scene.eve.id);
    const covers = ["(request-target)", "(created)", "host", "date", "digest"];
    for (const ago of [400, -400]) {
      const parameters = { algorithm: "hs2019", created: seconds(ago) };
      const signed = scene.byEve(body, {}, { covers, parameters });
      expect(await scene.outcome(signed)).toBe("401 date_outside_window");
    }
    const expired = scene.byEve(body, {}, { parameters: { expires: seconds(5) } });
    expect(await scene.outcome(expired)).toBe("401 expired");
  });

  test("of creation, by RFC 9421, is missing, old, or followed by a past expiry", async () => {
    const by9421 = (parameters: Record<string, number>) =>
      scene.outcome(scene.byEve9421(scene.create(scene.eve.id), { parameters }));
    expect(await by9421({})).toBe("401 date_missing");
    expect(await by9421({ created: seconds(400) })).toBe("401 date_outside_window");
    expect(await by9421({ created: seconds(), expires: seconds(5) })).toBe("401 expired");
  });
});
