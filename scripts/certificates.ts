import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** PEM files of a throw-away authority and of a server certificate for `localhost` that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;
const validDays = 30;

/**
 * Gives the certificates kept in a folder; makes new ones when there are none or they end within a day. The folder appears when it is
 * whole, so that processes which begin at once agree.
 */
export async function keepCertificates(folder: string): Promise<Certificates> {
  const files = filesIn(folder);
  if (existsSync(files.cert) && (await isFresh(files.cert))) return files;
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  const [made, drafts] = [await makeCertificates(), filesIn(draft)];
  await writeFile(drafts.authority, made.authority);
  await writeFile(drafts.cert, made.cert);
  await writeFile(drafts.key, made.key, { mode: 0o600 });
  await rename(draft, folder).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    if (!existsSync(files.cert)) throw error;
  });
  return files;
}

function filesIn(folder: string): Certificates {
  return {
    authority: join(folder, "authority.pem"),
    cert: join(folder, "localhost.pem"),
    key: join(folder, "localhost.key"),
  };
}

async function isFresh(file: string): Promise<boolean> {
  const { notAfter } = new X509Certificate(await readFile(file, "utf8"));
  return notAfter.getTime() - Date.now() > day;
}

/** Nobody keeps the authority's key: it signs this one certificate and is gone. */
async function makeCertificates(): Promise<Certificates> {
  const [authorityKeys, keys] = await Promise.all([makeKeys(), makeKeys()]);
  const notBefore = new Date(Date.now() - day);
  const validity = { notBefore, notAfter: new Date(notBefore.getTime() + validDays * day) };
  const authorityName = "CN=Throw-away authority of Luciole";
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: authorityName,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  const cert = await X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authorityName,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  return {
    authority: authority.toString("pem"),
    cert: cert.toString("pem"),
    key: await pem(keys.privateKey),
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${bytes.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
}
