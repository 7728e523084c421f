import { connect } from "#db/connect.ts";
import { createAccount } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import type { DomainEvent } from "#domain/events.ts";
import { saveRemotePerson, type PersonRow } from "#domain/people.ts";
import type { Signal } from "#domain/signals.ts";
import type { FailpointName } from "#lib/failpoint.ts";
import { createEgress } from "#lib/egress.ts";
import { createSecretBox } from "#lib/secret-box.ts";
import { createTestDatabase } from "./database.ts";
import { usualSettings } from "./settings.ts";

export interface HomeOptions {
  /** Default `https://a.example`. */
  readonly origin?: string;
  readonly now?: () => Date;
  readonly settings?: Partial<Context["settings"]>;
  readonly committed?: (events: readonly DomainEvent[]) => void;
  readonly signal?: (signal: Signal) => void;
  readonly failpoint?: (name: FailpointName) => Promise<void>;
}

/** A server without doors: its database and its context, for tests of what stands above the domain. */
export interface Home {
  readonly ctx: Context;
  readonly databaseUrl: string;
  /** Makes somebody who can sign in. */
  member(handle: string): Promise<PersonRow>;
  /** Makes a person of another server known; `at` is the origin of their server. */
  stranger(handle: string, at: string): Promise<PersonRow>;
  close(): Promise<void>;
}

/** Opens a server's context on a database of its own. */
export async function openHome(options: HomeOptions = {}): Promise<Home> {
  const database = await createTestDatabase();
  const connection = connect(database.url);
  const origin = options.origin ?? "https://a.example";
  const ctx: Context = {
    db: connection.db,
    now: options.now ?? (() => new Date()),
    settings: { origin, host: new URL(origin).host, ...usualSettings, ...options.settings },
    secrets: createSecretBox(crypto.getRandomValues(new Uint8Array(32))),
    egress: createEgress({ allowPrivateAddresses: [], userAgent: "Luciole" }),
    committed: options.committed ?? (() => {}),
    uncertain: () => {},
    signal: options.signal ?? (() => {}),
    failpoint: options.failpoint ?? (async () => {}),
  };
  return {
    ctx,
    databaseUrl: database.url,
    member: (handle) => createAccount(ctx, { handle, password: "correct horse battery", role: "member" }),
    stranger: (handle, at) =>
      saveRemotePerson(ctx, {
        uri: `${at}/u/${handle}`,
        kind: "person",
        handle,
        host: new URL(at).host,
        name: handle,
        profileUrl: null,
        inbox: `${at}/u/${handle}/inbox`,
      }),
    close: async () => {
      await connection.close();
      await database.drop();
    },
  };
}
