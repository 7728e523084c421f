import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { createDocuments } from "#federation/documents.ts";
import { createInboxGuard, GuardRefusal, type GuardedActivity } from "#federation/inbox-guard.ts";
import { createInboxLimits, type InboxLimitOptions } from "#federation/inbox-guard-limits.ts";
import { createRemoteKeys, type RemoteKeyStore, type StoredKey } from "#federation/remote-keys.ts";
import { createSigning } from "#federation/sign.ts";
import { Unverified } from "#federation/verify-unverified.ts";
import { createVerifier } from "#federation/verify.ts";
import { createEgress } from "#lib/egress.ts";
import type { Sendable } from "./hostile-signing.ts";
import { cryptoKeyOf, rsaKeyPair } from "./keys.ts";
import { sendRaw, type Outcome } from "./send-raw.ts";

export interface GuardedInboxOptions {
  /** `host:port` of the peers that may be asked. */
  readonly open: readonly string[];
  readonly now?: () => Date;
  readonly limits?: Partial<InboxLimitOptions>;
  readonly store?: RemoteKeyStore;
  /** How long a document may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** The public origin, where it is not the one that listens. */
  readonly origin?: string;
}

const privateKey = cryptoKeyOf(rsaKeyPair());

/** A store of keys in memory, for tests that need no database. */
export function memoryKeyStore(): RemoteKeyStore & { readonly rows: Map<string, StoredKey> } {
  const rows = new Map<string, StoredKey>();
  return {
    rows,
    find: (keyId) => Promise.resolve(rows.get(keyId)),
    save: (key) => Promise.resolve(void rows.set(key.keyId, key)),
    remove: (keyId) => Promise.resolve(void rows.delete(keyId)),
    removeOf: (ownerUri) => {
      for (const { keyId } of [...rows.values()].filter((key) => key.ownerUri === ownerUri))
        rows.delete(keyId);
      return Promise.resolve();
    },
  };
}

/** A listening server whose POST goes through the guard and whose GET through the verifier, and nothing else. */
export class GuardedInbox {
  readonly accepted: GuardedActivity[] = [];
  /** The codes of the refusals, in order. */
  readonly refused: string[] = [];
  /** Faults that are no refusal. */
  readonly faults: unknown[] = [];
  readonly #server: Server;
  readonly #closeEgress: () => Promise<void>;

  private constructor(server: Server, closeEgress: () => Promise<void>) {
    this.#server = server;
    this.#closeEgress = closeEgress;
  }

  static async start(options: GuardedInboxOptions): Promise<GuardedInbox> {
    const app = new Hono<{ Bindings: HttpBindings }>();
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
    await new Promise<void>((resolve) => server.once("listening", () => resolve()));
    const origin = options.origin ?? `http://localhost:${(server.address() as AddressInfo).port}`;
    const egress = createEgress({
      allowPrivateAddresses: options.open,
      userAgent: "test/1",
      ownHosts: [new URL(origin).host],
    });
    const inbox = new GuardedInbox(server, () => egress.close());
    const now = options.now ?? (() => new Date());
    const signing = createSigning(egress);
    const instanceActor = () => Promise.resolve({ keyId: `${origin}/actor#main-key`, privateKey });
    const { timeoutMs = 10_000 } = options;
    const documents = createDocuments({ signing, instanceActor, now, timeoutMs });
    const keys = createRemoteKeys({ documents, store: options.store ?? memoryKeyStore(), now });
    const verifier = createVerifier({ origin, keys, now });
    const guard = createInboxGuard({
      verifier,
      keys,
      documents,
      limits: createInboxLimits(now, options.limits),
    });
    app.post("*", async (c) => {
      const { method, headers, body } = c.req.raw;
      const url = c.env.incoming.url ?? "";
      return await inbox.#answer(async () => {
        inbox.accepted.push(await guard.guard({ method, url, headers, body }));
      });
    });
    app.get("*", async (c) => {
      const { method, headers } = c.req.raw;
      return await inbox.#answer(async () => {
        await verifier.verifyGet({ method, url: c.env.incoming.url ?? "", headers });
      });
    });
    return inbox;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** Sends exactly these headers and this target. */
  send(request: Sendable): Promise<Outcome> {
    return sendRaw(this.origin, request);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#closeEgress();
  }

  async #answer(work: () => Promise<void>): Promise<Response> {
    try {
      await work();
      return new Response(null, { status: 202 });
    } catch (error) {
      if (error instanceof GuardRefusal) {
        this.refused.push(error.code);
        const wait: Record<string, string> =
          error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
        return new Response(null, { status: error.status, headers: wait });
      }
      if (error instanceof Unverified) {
        this.refused.push(error.reason);
        return new Response(null, { status: 401 });
      }
      this.faults.push(error);
      return new Response(null, { status: 500 });
    }
  }
}
