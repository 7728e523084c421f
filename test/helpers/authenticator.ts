import { generateKeyPairSync, hash, randomBytes, sign, type KeyObject } from "node:crypto";
import type { NewPasskey } from "#domain/sign-in/passkeys.ts";
import type { PasskeyAnswer } from "#domain/sign-in/passkey-proof.ts";

/** Bits of an authenticator's data (Web Authentication Level 3, section 6.1). */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** What an authenticator is asked. */
interface Asked {
  challenge: string;
  rpId?: string;
}

/** How an answer departs from what a good authenticator answers. */
export interface Departure {
  origin?: string;
  rpId?: string;
  /** Whether its user showed it who they are. */
  verified?: boolean;
  counter?: number;
  userHandle?: string;
  type?: string;
}

/** An authenticator with one ES256 key, which answers with the bytes that a real one would. */
export class Authenticator {
  readonly id = randomBytes(32).toString("base64url");
  readonly #origin: string;
  readonly #key: KeyObject;
  readonly #coordinates: { x: Buffer; y: Buffer };
  #userHandle = "";
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#coordinates = { x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };
  }

  /** Answers `navigator.credentials.create`. */
  create(options: { challenge: string; user: { id: string } }, departure: Departure = {}): NewPasskey {
    this.#userHandle = options.user.id;
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.from([id.length >> 8, id.length & 0xff]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, this.#coseKey()]);
    const data = Buffer.concat([this.#data(departure, ATTESTED), attested]);
    return {
      ...this.#head(),
      response: {
        clientDataJSON: this.#clientData("webauthn.create", options.challenge, departure),
        attestationObject: attestationOf(data).toString("base64url"),
        transports: ["internal"],
      },
    };
  }

  /** Answers `navigator.credentials.get`. */
  get({ challenge }: Asked, departure: Departure = {}): PasskeyAnswer {
    this.#counter = departure.counter ?? this.#counter + 1;
    const data = this.#data(departure, 0);
    const clientDataJSON = this.#clientData("webauthn.get", challenge, departure);
    const digest = hash("sha256", Buffer.from(clientDataJSON, "base64url"), "buffer");
    return {
      ...this.#head(),
      response: {
        clientDataJSON,
        authenticatorData: data.toString("base64url"),
        signature: sign("sha256", Buffer.concat([data, digest]), this.#key).toString("base64url"),
        userHandle: departure.userHandle ?? this.#userHandle,
      },
    };
  }

  #head() {
    return { id: this.id, rawId: this.id, type: "public-key" as const, clientExtensionResults: {} };
  }

  #data({ rpId, verified = true }: Departure, more: number): Buffer {
    const flags = PRESENT | (verified ? VERIFIED : 0) | more;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    const party = hash("sha256", rpId ?? new URL(this.#origin).hostname, "buffer");
    return Buffer.concat([party, Buffer.from([flags]), counter]);
  }

  #clientData(type: string, challenge: string, departure: Departure): string {
    const { origin = this.#origin } = departure;
    const data = { type: departure.type ?? type, challenge, origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(data)).toString("base64url");
  }

  /** {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} (RFC 9053). */
  #coseKey(): Buffer {
    const { x, y } = this.#coordinates;
    const head = Buffer.from("a50102032620012158" + "20", "hex");
    return Buffer.concat([head, x, Buffer.from("225820", "hex"), y]);
  }
}

/** {"fmt": "none", "attStmt": {}, "authData": data} in CBOR (RFC 8949). */
function attestationOf(data: Buffer): Buffer {
  const text = (word: string): Buffer =>
    Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
  const bytes = Buffer.from([0x59, data.length >> 8, data.length & 0xff]);
  const parts = [
    text("fmt"),
    text("none"),
    text("attStmt"),
    Buffer.from([0xa0]),
    text("authData"),
    bytes,
    data,
  ];
  return Buffer.concat([Buffer.from([0xa3]), ...parts]);
}
