import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { malformedSignatures } from "../../test/helpers/malformed-signatures.ts";
import { MalformedSignature, readSignature, type SignatureClaim } from "./verify-signature-header.ts";

const cavage =
  'keyId="https://b.example/u#k",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="QUJDRA=="';
const input =
  'sig1=("@method" "@target-uri" "content-digest");keyid="https://b.example/u#k";created=1700000000;alg="ed25519"';
const signature = "sig1=:QUJDRA==:";

function read(headers: Record<string, string>): SignatureClaim | undefined {
  return readSignature(new Headers(headers));
}

test("reads draft-cavage, in any order and with blanks", () => {
  const claim = read({
    signature: `signature="QUJDRA==", created=12,expires=34 ,headers="date host",keyId="http://b.example/u"`,
  });
  expect(claim).toEqual({
    scheme: "draft-cavage-http-signatures-12",
    keyId: "http://b.example/u",
    signature: "QUJDRA==",
    covered: new Set(["date", "host"]),
    algorithm: undefined,
    created: 12,
    expires: 34,
  });
  expect(read({ signature: cavage })?.covered).toEqual(
    new Set(["(request-target)", "host", "date", "digest"]),
  );
});

test("reads RFC 9421", () => {
  expect(read({ "signature-input": input, signature })).toEqual({
    scheme: "rfc9421",
    keyId: "https://b.example/u#k",
    signature: "QUJDRA==",
    covered: new Set(["@method", "@target-uri", "content-digest"]),
    algorithm: "ed25519",
    created: 1_700_000_000,
    expires: undefined,
  });
});

test("there is no claim without a signature", () => {
  expect(read({ "signature-input": input })).toBeUndefined();
});

describe("malformed draft-cavage is refused", () => {
  test.each(malformedSignatures("https://b.example/u#k"))("%s", (header) => {
    expect(() => read({ signature: header })).toThrow(MalformedSignature);
  });
});

describe("malformed RFC 9421 is refused", () => {
  test.each([
    ["", signature],
    [input, ""],
    [input, cavage],
    [input, "sig2=:QUJDRA==:"],
    [input, "sig1=QUJDRA=="],
    [input, `${signature}, sig2=:QUJDRA==:`],
    [`${input}, sig2=("@method");keyid="x"`, signature],
    [input.replace('"@method"', '"@method";req'), signature],
    [input.replace('"@method"', '"@status"'), signature],
    [input.replace('"@method"', '"@query-param";name="x"'), signature],
    [input.replace('"@method"', '"@method" "@method"'), signature],
    [input.replace('"@method"', '"Host"'), signature],
    [input.replace('"@method" "@target-uri" "content-digest"', ""), signature],
    [input.replace(";created=1700000000", ";created=17.5"), signature],
    [input.replace(";created=1700000000", ';created="now"'), signature],
    [input.replace(";created=1700000000", ";created=1;created=1700000000"), signature],
    [input.replace("ed25519", "hmac-sha256"), signature],
    [input.replace("https://b.example/u#k", "b.example"), signature],
    [input.replace(";keyid=", ";kid="), signature],
    [input.replace("sig1=", ""), signature],
    [`sig1=${'("@method" '.repeat(500)}`, signature],
  ])("%s / %s", (wrongInput, wrongSignature) => {
    expect(() => read({ "signature-input": wrongInput, signature: wrongSignature })).toThrow(
      MalformedSignature,
    );
  });
});

test("whatever is sent is read or refused, never anything else", () => {
  const pieces = fc.constantFrom(
    'keyId="',
    "https://b.example/u",
    '"',
    ",",
    "=",
    "sig1",
    "(",
    ")",
    ":",
    ";",
    " ",
    "\\",
    "A",
  );
  const header = fc
    .array(fc.oneof(pieces, fc.stringMatching(/^[ -~]{0,8}$/)), { maxLength: 40 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(header, fc.option(header), (text, inputText) => {
      const outcome = (): unknown => {
        try {
          return (
            read({ signature: text, ...(inputText === null ? {} : { "signature-input": inputText }) }) ??
            "none"
          );
        } catch (error) {
          return error;
        }
      };
      expect(outcome()).toSatisfy(
        (found: unknown) => !(found instanceof Error) || found instanceof MalformedSignature,
      );
    }),
  );
});
