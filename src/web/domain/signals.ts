import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ClientFrame, ServerFrame } from "#protocol/socket.ts";
import type { Presence } from "#protocol/types.ts";
import { waitFor } from "./wait.ts";

/** Somebody who writes says so again within this time, or has stopped. */
const typingLasts = 5_000;
/** How often we say that we write. */
const typingPause = 3_000;
/** How often we say that somebody is still at this device; the server believes it for ten minutes. */
const activePause = 60_000;

export interface SignalsPlatform {
  /** Sends over the live connection, if it is there. */
  send: (frame: ClientFrame) => void;
  now: () => number;
  after: (milliseconds: number, task: () => void) => () => void;
}

/** Who writes and who is there: true for a moment, kept nowhere. */
export class Signals {
  readonly #platform: SignalsPlatform;
  readonly #people = signal<Readonly<Record<string, Presence>>>({});
  /** What ends each, by conversation and person. */
  readonly #typing = signal<ReadonlyMap<string, ReadonlyMap<string, () => void>>>(new Map());
  /** What ends the status of each, by person. */
  readonly #statuses = new Map<string, () => void>();
  readonly #saidAt = new Map<string, number>();
  #acting: { state: "active" | "idle"; at: number } = { state: "active", at: -Infinity };

  constructor(platform: SignalsPlatform) {
    this.#platform = platform;
  }

  /** Everybody who is there, by person id; whoever is missing is offline. */
  get people(): ReadonlySignal<Readonly<Record<string, Presence>>> {
    return this.#people;
  }

  /** Who writes in a conversation, those first who began first. */
  typingIn(conversationId: string): ReadonlySignal<readonly string[]> {
    return computed(() => [...(this.#typing.value.get(conversationId)?.keys() ?? [])]);
  }

  /** Takes a frame of the socket. */
  receive(frame: ServerFrame): void {
    // Whoever is there is named anew on each connection.
    if (frame.type === "hello") {
      this.clear();
      // The server takes whoever comes for somebody who is there; each tab says what it knows of that.
      this.#platform.send({ type: "activity", state: this.#acting.state });
    }
    if (frame.type === "presence") this.#see(frame.people);
    if (frame.type === "typing") this.#hear(frame.conversationId, frame.personId);
    if (frame.type === "message.posted") this.#forget(frame.conversationId, frame.message.authorId);
  }

  /** Says that we write, as often as it is heard. */
  type(conversationId: string): void {
    const now = this.#platform.now();
    if (now - (this.#saidAt.get(conversationId) ?? -Infinity) < typingPause) return;
    this.#saidAt.set(conversationId, now);
    this.#platform.send({ type: "typing", conversationId });
  }

  /** Says whether anybody is at this device, when it is news. */
  act(state: "active" | "idle"): void {
    const now = this.#platform.now();
    const isNews =
      state !== this.#acting.state || (state === "active" && now - this.#acting.at >= activePause);
    if (!isNews) return;
    this.#acting = { state, at: now };
    this.#platform.send({ type: "activity", state });
  }

  /** Forgets everybody. */
  clear(): void {
    for (const people of this.#typing.peek().values()) for (const cancel of people.values()) cancel();
    for (const cancel of this.#statuses.values()) cancel();
    this.#statuses.clear();
    this.#typing.value = new Map();
    this.#people.value = {};
    this.#saidAt.clear();
  }

  #see(people: readonly Presence[]): void {
    const seen = { ...this.#people.peek() };
    for (const presence of people) {
      this.#endStatus(presence);
      if (presence.state === "offline") delete seen[presence.personId];
      else seen[presence.personId] = presence;
    }
    this.#people.value = seen;
  }

  /** Takes a status away when its time is over: nobody says so again. */
  #endStatus(presence: Presence): void {
    const { personId, status } = presence;
    this.#statuses.get(personId)?.();
    this.#statuses.delete(personId);
    if (status === null || status.until === null) return;
    const end = Date.parse(status.until);
    const look = (): void => {
      const isOver = end <= this.#platform.now();
      this.#see([isOver ? { ...presence, status: null } : presence]);
    };
    this.#statuses.set(personId, this.#platform.after(waitFor(end, this.#platform.now()), look));
  }

  #hear(conversationId: string, personId: string): void {
    const people = new Map(this.#typing.peek().get(conversationId));
    people.get(personId)?.();
    people.set(
      personId,
      this.#platform.after(typingLasts, () => this.#forget(conversationId, personId)),
    );
    this.#typing.value = new Map(this.#typing.peek()).set(conversationId, people);
  }

  #forget(conversationId: string, personId: string): void {
    const people = new Map(this.#typing.peek().get(conversationId));
    people.get(personId)?.();
    if (people.delete(personId))
      this.#typing.value = new Map(this.#typing.peek()).set(conversationId, people);
  }
}
