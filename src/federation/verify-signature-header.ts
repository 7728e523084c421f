/** What a request says about its signature, before anything of it is believed. */
export interface SignatureClaim {
  readonly scheme: "draft-cavage-http-signatures-12" | "rfc9421";
  /** An http or https URL. */
  readonly keyId: string;
  /** Lower-case names of headers, and of parts in brackets or after "@". */
  readonly covered: ReadonlySet<string>;
  readonly algorithm: string | undefined;
  /** In base64. */
  readonly signature: string;
  /** Seconds since the epoch. */
  readonly created: number | undefined;
  readonly expires: number | undefined;
}

/** A signature header that is not of the form that its specification gives. */
export class MalformedSignature extends Error {
  constructor(problem: string) {
    super(`malformed signature: ${problem}`);
    this.name = "MalformedSignature";
  }
}

const longestHeader = 8_192;
/** Headers carry bytes: an address with other letters than these is written with percent signs. */
const keyIdLetters = /^[\x21-\x7e]{1,2000}$/;
const base64 = /^[A-Za-z0-9+/]{4,}={0,2}$/;

/**
 * Reads the one signature of a request; undefined without one. It takes less than the specifications allow (no
 * parameter twice, no second signature, no component with parameters), so that nothing is left which Fedify could read
 * in another way. Throws MalformedSignature.
 */
export function readSignature(headers: Headers): SignatureClaim | undefined {
  const signature = headers.get("signature");
  const input = headers.get("signature-input");
  if (signature === null) return undefined;
  if (signature.length > longestHeader || (input?.length ?? 0) > longestHeader) {
    throw new MalformedSignature("too long");
  }
  return input === null ? readCavage(signature) : readRfc9421(input, signature);
}

const cavageParameter = /\s*([A-Za-z]+)=(?:"([^"\\]*)"|(\d{1,15}))\s*(?:,|$)/y;
const cavageAlgorithms: ReadonlySet<string | undefined> = new Set([undefined, "rsa-sha256", "hs2019"]);
const cavageName = /^(?:[a-z0-9-]+|\((?:request-target|created|expires)\))$/;

/** draft-cavage-http-signatures-12, section 4.1. */
function readCavage(header: string): SignatureClaim {
  const parameters = readCavageParameters(header);
  const algorithm = parameters.get("algorithm")?.toLowerCase();
  if (!cavageAlgorithms.has(algorithm)) throw new MalformedSignature("algorithm");
  const signature = parameters.get("signature") ?? "";
  if (!base64.test(signature)) throw new MalformedSignature("no signature");
  return {
    scheme: "draft-cavage-http-signatures-12",
    keyId: checkedKeyId(parameters.get("keyId")),
    covered: namesOf((parameters.get("headers") ?? "").split(" "), cavageName),
    algorithm,
    signature,
    created: seconds(parameters.get("created")),
    expires: seconds(parameters.get("expires")),
  };
}

function readCavageParameters(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (let at = 0; at < header.length; at = cavageParameter.lastIndex) {
    cavageParameter.lastIndex = at;
    const [, name = "", text, number] = cavageParameter.exec(header) ?? [];
    if (name === "" || parameters.has(name)) throw new MalformedSignature("parameters");
    parameters.set(name, text ?? number ?? "");
  }
  return parameters;
}

const rfc9421Label = "([a-z*][a-z0-9_.*-]{0,31})";
const rfc9421Input = new RegExp(
  `^${rfc9421Label}=\\(((?:"@?[a-z0-9-]+"(?: +"@?[a-z0-9-]+")*)?)\\)((?:;[a-z]+=(?:"[^"\\\\]*"|\\d{1,15}))*)$`,
);
const rfc9421Signature = new RegExp(`^${rfc9421Label}=:([A-Za-z0-9+/]{4,}={0,2}):$`);
const rfc9421Parameter = /;([a-z]+)=(?:"([^"]*)"|(\d+))/g;
const rfc9421Algorithms: ReadonlySet<string | undefined> = new Set([undefined, "rsa-v1_5-sha256", "ed25519"]);
const rfc9421Name = /^(?:[a-z0-9-]+|@(?:method|target-uri|authority|scheme|request-target|path|query))$/;

/** RFC 9421, section 4, with exactly one signature. */
function readRfc9421(inputHeader: string, signatureHeader: string): SignatureClaim {
  const [, label, names = "", rest = ""] = rfc9421Input.exec(inputHeader.trim()) ?? [];
  const [, signedLabel, signature = ""] = rfc9421Signature.exec(signatureHeader.trim()) ?? [];
  if (label === undefined || label !== signedLabel) throw new MalformedSignature("input or signature");
  const parameters = new Map<string, string>();
  for (const [, name = "", text, number] of rest.matchAll(rfc9421Parameter)) {
    if (parameters.has(name)) throw new MalformedSignature("parameters");
    parameters.set(name, text ?? number ?? "");
  }
  const algorithm = parameters.get("alg");
  if (!rfc9421Algorithms.has(algorithm)) throw new MalformedSignature("algorithm");
  return {
    scheme: "rfc9421",
    keyId: checkedKeyId(parameters.get("keyid")),
    covered: namesOf(
      names.split(/ +/).map((name) => name.slice(1, -1)),
      rfc9421Name,
    ),
    algorithm,
    signature,
    created: seconds(parameters.get("created")),
    expires: seconds(parameters.get("expires")),
  };
}

function namesOf(names: readonly string[], form: RegExp): ReadonlySet<string> {
  const covered = new Set(names);
  if (covered.size !== names.length || !names.every((name) => form.test(name))) {
    throw new MalformedSignature("covered names");
  }
  return covered;
}

function checkedKeyId(text: string | undefined): string {
  const url = text === undefined || !keyIdLetters.test(text) ? null : URL.parse(text);
  const usable = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (text === undefined || !usable) throw new MalformedSignature("keyId");
  return text;
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new MalformedSignature("time");
  return number;
}
