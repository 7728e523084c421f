import { generateKeyPairSync, type KeyObject, type webcrypto } from "node:crypto";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A new RSA key of 2048 bits, unless told otherwise. */
export function rsaKeyPair(bits = 2048): KeyPair {
  return generateKeyPairSync("rsa", { modulusLength: bits });
}

export function ed25519KeyPair(): KeyPair {
  return generateKeyPairSync("ed25519");
}

export function pemOf({ publicKey }: KeyPair): string {
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

/** The private key as the server's signer wants it. */
export function cryptoKeyOf({ privateKey }: KeyPair): webcrypto.CryptoKey {
  return privateKey.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["sign"]);
}

/** An Ed25519 key as Multikey writes it: "z", and in base 58 the prefix 0xed01 and the 32 bytes. */
export function multibaseOf({ publicKey }: KeyPair): string {
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  let number = BigInt(`0x${Buffer.concat([Buffer.from([0xed, 0x01]), raw]).toString("hex")}`);
  let text = "";
  for (; number > 0n; number /= 58n) text = `${alphabet[Number(number % 58n)]}${text}`;
  return `z${text}`;
}
