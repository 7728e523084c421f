import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Seals small secrets (private keys) for the database with the server's SECRET_KEY. */
export interface SecretBox {
  /** Encrypts and authenticates; two seals of the same bytes differ. */
  seal(plain: Uint8Array): Uint8Array;
  /** Opens what `seal` made; throws `SealBroken` on another key, a changed byte or an unknown version. */
  open(sealed: Uint8Array): Uint8Array;
}

/** The sealed bytes were made with another key or have been changed. */
export class SealBroken extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "SealBroken";
  }
}

/** Bytes of a SECRET_KEY: AES-256. */
export const secretKeyBytes = 32;

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + nonceBytes;

/**
 * Makes the box of one 32-byte key: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits.
 * Layout: version (1 byte, authenticated), nonce (12), tag (16), ciphertext.
 */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== secretKeyBytes) throw new RangeError(`a secret key has ${secretKeyBytes} bytes`);
  return {
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Uint8Array.of(version));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Uint8Array.of(version), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      if (sealed.length < headerBytes + tagBytes) throw new SealBroken("the sealed bytes are cut short");
      if (sealed[0] !== version) throw new SealBroken("the seal has an unknown version");
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, headerBytes))
        .setAAD(Uint8Array.of(version))
        .setAuthTag(sealed.subarray(headerBytes, headerBytes + tagBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(headerBytes + tagBytes)), decipher.final()]);
      } catch {
        throw new SealBroken("the seal was made with another key, or its bytes were changed");
      }
    },
  };
}
