/** Why a request was not made, or not finished. */
export type EgressReason =
  | "address_refused"
  | "url_refused"
  | "redirect_refused"
  | "too_large"
  | "timeout"
  | "network"
  | "closed";

export interface EgressRequest {
  readonly method?: "GET" | "HEAD" | "POST";
  /** Sent as they are; a function is asked again for each hop, so that a signature covers the address it is sent to. */
  readonly headers?: HeaderSource;
  readonly body?: string | Uint8Array;
  /** Of the answer's body after decompression; default 1 MiB. */
  readonly maxBytes?: number;
  /** For everything together: waiting, connecting, redirects, body; default 10,000. */
  readonly timeoutMs?: number;
  /** How many redirects may be followed; default 3 for GET and HEAD, 0 for POST. */
  readonly redirects?: number;
}

export type HeaderSource =
  | Readonly<Record<string, string>>
  | ((url: URL) => Promise<Readonly<Record<string, string>>>);

export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered, after redirects. */
  readonly finalUrl: string;
  readonly body: Uint8Array;
}

/** The only way out to other servers. */
export interface Egress {
  /** Makes one request; throws EgressError. Any status is an answer, 4xx and 5xx included. */
  fetch(url: string | URL, request?: EgressRequest): Promise<EgressResponse>;
  /** Applies every rule that needs no network and returns the parsed address; throws EgressError. */
  check(url: string | URL): URL;
  /** Ends the connections and refuses what comes later with the reason `closed`. */
  close(): Promise<void>;
}

export interface EgressOptions {
  /** `host:port` entries, opened over https and http whatever their addresses are. */
  readonly allowPrivateAddresses: readonly string[];
  readonly userAgent: string;
  /** Hosts (with a port where it is not 443) that are ourselves: never fetched. */
  readonly ownHosts?: readonly string[];
}
