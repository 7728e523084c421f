import type { Certificates } from "./certificates.ts";

export interface PairMember {
  readonly port: number;
  readonly peerPort: number;
  readonly certificates: Certificates;
}

/** The settings of one of two servers that talk TLS to each other on this machine. */
export function pairEnvironment({ port, peerPort, certificates }: PairMember): Record<string, string> {
  return {
    PORT: String(port),
    ORIGIN: `https://localhost:${port}`,
    TLS_CERT: certificates.cert,
    TLS_KEY: certificates.key,
    NODE_EXTRA_CA_CERTS: certificates.authority,
    ALLOW_PRIVATE_ADDRESSES: `localhost:${port},localhost:${peerPort}`,
  };
}
