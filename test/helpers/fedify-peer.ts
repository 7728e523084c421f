import type { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createAdaptorServer } from "@hono/node-server";
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
  type Federation,
  type HttpMessageSignaturesSpec,
  type RequestContext,
} from "@fedify/fedify";
import { Activity, Endpoints, Person, Tombstone, type Recipient } from "@fedify/vocab";
import { testCertificates } from "./certificates.ts";

/** Who lives at the peer: what their document says may be changed at any time. */
export interface Resident {
  readonly handle: string;
  name: string;
  /** Who they say they were. */
  aliases: readonly URL[];
  /** Their account is gone: asked for it, the peer answers 410. */
  gone: boolean;
}

/** An activity that Fedify took: its signature was right, its actor is the signer, its vocabulary could read it. */
export interface Heard {
  readonly activity: Activity;
  /** At whose inbox; null for the shared one. */
  readonly at: string | null;
  readonly signature: HttpMessageSignaturesSpec;
}

export interface FedifyPeerOptions {
  readonly port: number;
  /** How it signs first. */
  readonly signs: HttpMessageSignaturesSpec;
  /** The only kind of signature that it takes at an inbox; both when not given. */
  readonly takes?: HttpMessageSignaturesSpec;
}

const cavage = "draft-cavage-http-signatures-12";
const signaturesPrefix = ["signatures"] as const;

/** A small server made of Fedify as it is: its own documents, signatures, queue and caches. */
export class FedifyPeer {
  readonly origin: string;
  readonly host: string;
  /** In the order in which they came. */
  readonly heard: Heard[] = [];
  /** What Fedify could not deliver, and what it would not take. */
  readonly faults: string[] = [];
  readonly #people = new Map<string, Resident>();
  readonly #store = new MemoryKvStore();
  readonly #keys = new Map<string, webcrypto.CryptoKeyPair[]>();
  readonly #federation: Federation<void>;
  readonly #ending = new AbortController();
  readonly #options: FedifyPeerOptions;
  #server: ReturnType<typeof createAdaptorServer> | undefined;
  /** How the request that is judged at this moment is signed. */
  #signature: HttpMessageSignaturesSpec = cavage;

  private constructor(options: FedifyPeerOptions) {
    this.#options = options;
    this.host = `localhost:${options.port}`;
    this.origin = `https://${this.host}`;
    this.#federation = createFederation<void>({
      kv: this.#store,
      kvPrefixes: { httpMessageSignaturesSpec: signaturesPrefix },
      // Deliveries are queued; what comes in is judged at once, so that it is heard in the order of its coming.
      queue: { outbox: new InProcessMessageQueue() },
      manuallyStartQueue: true,
      origin: this.origin,
      allowPrivateAddress: true,
      firstKnock: options.signs,
      onOutboxError: (error, activity) => void this.faults.push(`${activity?.id?.href}: ${error.message}`),
    });
    this.#describe();
    this.#listen();
  }

  /** Starts it on loopback, with a certificate of the tests' own authority. */
  static async start(options: FedifyPeerOptions): Promise<FedifyPeer> {
    const { authority, cert, key } = await testCertificates();
    const trusted = await readFile(authority, "utf8");
    setDefaultCACertificates([...getCACertificates("default"), trusted]);
    const peer = new FedifyPeer(options);
    peer.#server = createAdaptorServer({
      createServer,
      serverOptions: { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") },
      fetch: (request) => peer.#answer(request),
    });
    await new Promise<void>((resolve) => peer.#server?.listen(options.port, "localhost", resolve));
    void peer.#federation.startQueue(undefined, { signal: peer.#ending.signal });
    return peer;
  }

  /** Somebody who lives here from now on. */
  async add(handle: string): Promise<Resident> {
    const person = { handle, name: handle, aliases: [], gone: false };
    this.#keys.set(handle, await makeKeys());
    this.#people.set(handle, person);
    return person;
  }

  /** What Fedify offers to an application that uses it. */
  get context(): RequestContext<void> {
    return this.#federation.createContext(new Request(this.origin), undefined);
  }

  /** Delivers to one person elsewhere, after everything that was sent before. */
  async send(handle: string, to: Recipient, activity: Activity): Promise<void> {
    await this.context.sendActivity({ identifier: handle }, to, activity, { orderingKey: handle });
  }

  /** Which kind of signature a server has taken from this one. */
  async takenBy(origin: string): Promise<HttpMessageSignaturesSpec | undefined> {
    return await this.#store.get([...signaturesPrefix, origin]);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #answer(request: Request): Promise<Response> {
    const { takes } = this.#options;
    if (request.method !== "POST") return await this.#federation.fetch(request, { contextData: undefined });
    const signature = request.headers.has("signature-input") ? "rfc9421" : cavage;
    if (takes !== undefined && signature !== takes) return new Response(null, { status: 401 });
    this.#signature = signature;
    const response = await this.#federation.fetch(request, { contextData: undefined });
    if (!response.ok) this.faults.push(`${response.status}: ${await response.clone().text()}`);
    return response;
  }

  #describe(): void {
    this.#federation
      .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
        const person = this.#people.get(identifier);
        if (person === undefined) return null;
        const id = ctx.getActorUri(identifier);
        if (person.gone) return new Tombstone({ id });
        const keys = await ctx.getActorKeyPairs(identifier);
        return new Person({
          id,
          preferredUsername: person.handle,
          name: person.name,
          aliases: [...person.aliases],
          url: new URL(`/@${person.handle}`, ctx.canonicalOrigin),
          inbox: ctx.getInboxUri(identifier),
          endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
          publicKey: keys[0]?.cryptographicKey ?? null,
          assertionMethods: keys.map(({ multikey }) => multikey),
        });
      })
      .setKeyPairsDispatcher((_ctx, identifier) => this.#keys.get(identifier) ?? []);
    this.#federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
      software: { name: "fedify-peer", version: "1.0.0" },
      protocols: ["activitypub"],
      usage: { users: {}, localPosts: 0, localComments: 0 },
    }));
  }

  #listen(): void {
    this.#federation
      .setInboxListeners("/users/{identifier}/inbox", "/inbox")
      .on(Activity, (ctx, activity) => {
        this.heard.push({ activity, at: ctx.recipient, signature: this.#signature });
      })
      .onError((_ctx, error) => void this.faults.push(error.message));
  }
}

/** Fedify's own maker of keys takes seconds for one of RSA. */
async function makeKeys(): Promise<webcrypto.CryptoKeyPair[]> {
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  return [
    await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]),
    await generateCryptoKeyPair("Ed25519"),
  ];
}
