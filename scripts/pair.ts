import type { Certificates } from "./certificates.ts";

export interface PairMember {
  readonly port: number;
  readonly peerPort: number;
  /** Names of this machine; both `localhost` unless said otherwise. One browser needs two: cookies do not tell ports apart. */
  readonly host?: string;
  readonly peerHost?: string;
  readonly certificates: Certificates;
}

/** The settings of one of two servers that talk TLS to each other on this machine. */
export function pairEnvironment(member: PairMember): Record<string, string> {
  const { port, peerPort, host = "localhost", peerHost = "localhost", certificates } = member;
  return {
    PORT: String(port),
    ORIGIN: `https://${host}:${port}`,
    TLS_CERT: certificates.cert,
    TLS_KEY: certificates.key,
    NODE_EXTRA_CA_CERTS: certificates.authority,
    ALLOW_PRIVATE_ADDRESSES: `${host}:${port},${peerHost}:${peerPort}`,
  };
}
