import type { Database } from "#db/connect.ts";
import type { Egress } from "#lib/egress.ts";
import type { Failpoint } from "#lib/failpoint.ts";
import type { Registration } from "#lib/registration.ts";
import type { SecretBox } from "#lib/secret-box.ts";
import type { DomainEvent } from "./events.ts";
import type { Limits } from "./limits.ts";
import type { RequestLimits } from "./requests/limits.ts";
import type { Signal } from "./signals.ts";

/** What the operator decided. */
export interface Settings {
  /** Public origin without a trailing slash: `https://a.example`. */
  readonly origin: string;
  /** Host (and port, when not the default) of `origin`: the right half of every local address. */
  readonly host: string;
  /** How people get accounts, as long as nobody who runs the server has decided otherwise: see server-settings.ts. */
  readonly registration: Registration;
  /**
   * With whom this server talks: `quarantine` gives servers with which nobody here chose to talk yet less room,
   * `allow-list` knows those that the operator named, `off` nobody.
   */
  readonly federation: "open" | "quarantine" | "allow-list" | "off";
  readonly requests: RequestLimits;
  /** Whether it can write to people by mail. */
  readonly mails: boolean;
  /** In days: how long after a change of handle there is no other, and how long the former one stays its owner's. */
  readonly handles: { readonly renameDays: number; readonly graceDays: number };
  /** How often things may be done. */
  readonly limits: Limits;
  /** Most characters, as people count them, of a message that is written here. */
  readonly messageGraphemes: number;
  /** Days in which somebody may still keep an account whose end they asked for. */
  readonly accountGraceDays: number;
  /** Shown to clients and other servers. */
  readonly version: string;
}

/** What a domain function may touch besides its input. Built once, in app.ts. */
export interface Context {
  readonly db: Database;
  readonly now: () => Date;
  readonly settings: Settings;
  readonly secrets: SecretBox;
  /** The one way out to other servers; never taken inside a transaction. */
  readonly egress: Egress;
  /** Told of every event after its transaction has committed. */
  readonly committed: (events: readonly DomainEvent[]) => void;
  /** Told of events of which nobody knows whether they were committed: the answer to COMMIT was lost. */
  readonly uncertain: (events: readonly DomainEvent[]) => void;
  /** Tells whoever listens now; a signal that is lost is made good by the next. */
  readonly signal: (signal: Signal) => void;
  /** Where tests make the process die, throw or wait. */
  readonly failpoint: Failpoint;
}
