import type { Heard, Signal, There } from "#domain/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Connection } from "./hub.ts";

/** Whoever shows no activity for so long is idle. */
const IDLE_MS = 10 * 60_000;
/** A node of which nothing was heard for so long is taken to be dead. */
const NODE_MS = 150_000;
/** What another server said of somebody counts for so long. */
const HEARD_MS = 10 * 60_000;
/** People in one signal: as many as the bus carries in one text. */
const PEOPLE = 100;

export interface PresenceOptions {
  /** The name of this node. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: (signal: Signal) => void;
}

type Said = readonly (readonly [PersonId, There])[];
type Viewed = Heard & { readonly until: number };

const nobody: Heard = { state: "offline", status: null };

/** Who is there: over all sockets of all nodes, and by what other servers say. In memory alone. */
export class Presence {
  readonly #options: PresenceOptions;
  /** When each socket of this node was active last; 0 for one that said it is idle. */
  readonly #sockets = new Map<PersonId, Map<Connection, number>>();
  /** What the other nodes were told of this one's people. */
  readonly #told = new Map<PersonId, There>();
  readonly #nodes = new Map<string, { seenAt: number; people: Map<PersonId, There> }>();
  readonly #heard = new Map<PersonId, Map<PersonId, Viewed>>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  open(connection: Connection): void {
    const times = this.#sockets.get(connection.personId) ?? new Map<Connection, number>();
    this.#sockets.set(connection.personId, times.set(connection, this.#options.now()));
    this.#tell([connection.personId]);
  }

  act(connection: Connection, state: "active" | "idle"): void {
    const times = this.#sockets.get(connection.personId);
    if (times?.has(connection) !== true) return;
    times.set(connection, state === "active" ? this.#options.now() : 0);
    this.#tell([connection.personId]);
  }

  close(connection: Connection): void {
    const times = this.#sockets.get(connection.personId);
    if (times?.delete(connection) !== true) return;
    if (times.size === 0) this.#sockets.delete(connection.personId);
    this.#tell([connection.personId]);
  }

  /** Says that nobody is here any more. */
  stop(): void {
    this.#sockets.clear();
    this.#tell([...this.#told.keys()]);
  }

  /** Tells a node that has come who is here. */
  repeat(): void {
    this.#say([...this.#told]);
  }

  /** Takes what a node says of its people; answers whose state is another one now. */
  take(node: string, said: Said): PersonId[] {
    const known = this.#nodes.get(node) ?? { seenAt: 0, people: new Map<PersonId, There>() };
    this.#nodes.set(node, known);
    known.seenAt = this.#options.now();
    return said.flatMap(([personId, state]) => {
      const before = this.stateOf(personId);
      if (state === "offline") known.people.delete(personId);
      else known.people.set(personId, state);
      return this.stateOf(personId) === before ? [] : [personId];
    });
  }

  /** Notes that a node lives; false when nothing is known of its people. */
  keepAlive(node: string): boolean {
    const isKnown = this.#nodes.has(node);
    this.take(node, []);
    return isKnown;
  }

  /** Notes what another server says of somebody to some of our people. Answers who had not heard of that one yet. */
  hear(personId: PersonId, to: readonly PersonId[], about: Heard): PersonId[] {
    const viewers = this.#heard.get(personId) ?? new Map<PersonId, Viewed>();
    const met = about.state === "offline" ? [] : to.filter((viewerId) => !viewers.has(viewerId));
    const until = this.#options.now() + HEARD_MS;
    for (const viewerId of to) {
      if (about.state === "offline") viewers.delete(viewerId);
      else viewers.set(viewerId, { ...about, until });
    }
    if (viewers.size > 0) this.#heard.set(personId, viewers);
    else this.#heard.delete(personId);
    return met;
  }

  /** Whether somebody of this server is there. */
  stateOf(personId: PersonId): There {
    const states = [...this.#nodes.values()].map(({ people }) => people.get(personId));
    if (states.includes("online")) return "online";
    return states.includes("idle") ? "idle" : "offline";
  }

  /** What was heard of somebody elsewhere for one of our people. */
  heardOf(personId: PersonId, viewerId: PersonId): Heard {
    return this.#heard.get(personId)?.get(viewerId) ?? nobody;
  }

  /** People with a socket at this node. */
  here(): PersonId[] {
    return [...this.#sockets.keys()];
  }

  /** Tells of sockets that have been silent for long enough to be idle. */
  findIdle(): void {
    this.#tell([...this.#sockets.keys()]);
  }

  /** Forgets nodes that are dead; answers whose state is another one now. */
  forgetNodes(): PersonId[] {
    return [...this.#nodes].flatMap(([node, { seenAt, people }]) => {
      if (node === this.#options.node || seenAt > this.#options.now() - NODE_MS) return [];
      const gone = this.take(
        node,
        [...people.keys()].map((personId) => [personId, "offline"] as const),
      );
      this.#nodes.delete(node);
      return gone;
    });
  }

  /** Forgets what was heard too long ago; answers of whom, and for whom. */
  forgetHeard(): { personId: PersonId; viewerIds: PersonId[] }[] {
    const now = this.#options.now();
    return [...this.#heard].flatMap(([personId, viewers]) => {
      const viewerIds = [...viewers].flatMap(([viewerId, { until }]) => (until <= now ? viewerId : []));
      this.hear(personId, viewerIds, nobody);
      return viewerIds.length === 0 ? [] : { personId, viewerIds };
    });
  }

  #hereOf(personId: PersonId): There {
    const times = this.#sockets.get(personId);
    if (times === undefined) return "offline";
    return Math.max(...times.values()) > this.#options.now() - IDLE_MS ? "online" : "idle";
  }

  #tell(personIds: readonly PersonId[]): void {
    const changed: [PersonId, There][] = [];
    for (const personId of personIds) {
      const state = this.#hereOf(personId);
      if ((this.#told.get(personId) ?? "offline") === state) continue;
      if (state === "offline") this.#told.delete(personId);
      else this.#told.set(personId, state);
      changed.push([personId, state]);
    }
    this.#say(changed);
  }

  #say(people: [PersonId, There][]): void {
    const { node, signal } = this.#options;
    for (let at = 0; at < people.length; at += PEOPLE)
      signal({ signal: "sessions", node, people: people.slice(at, at + PEOPLE) });
  }
}
