import { join } from "node:path";
import { tmpdir } from "node:os";
import { type Certificates, keepCertificates } from "../../scripts/certificates.ts";

/** The throw-away certificates of the tests, made once and kept for some days. */
export function testCertificates(): Promise<Certificates> {
  return keepCertificates(join(tmpdir(), `luciole-certificates-${process.getuid?.() ?? 0}`));
}
