import { signal } from "@preact/signals";
import type { ServerInfo } from "#protocol/api.ts";
import { ChatStore } from "./domain/chat-store.ts";
import { Clock } from "./domain/clock.ts";
import { CustomEmoji } from "./domain/custom-emoji.ts";
import { Deeds } from "./domain/deeds.ts";
import { Drafts } from "./domain/drafts.ts";
import { History } from "./domain/history.ts";
import type { List } from "./domain/lists.ts";
import { Notices } from "./domain/notices.ts";
import { Outbox } from "./domain/outbox.ts";
import { Reactions } from "./domain/reactions.ts";
import { Reaches } from "./domain/reach.ts";
import { Reading } from "./domain/reading.ts";
import { Relations } from "./domain/relations.ts";
import { Signals } from "./domain/signals.ts";
import { Sync } from "./domain/sync.ts";
import type { ReadingPlace } from "./domain/thread.ts";
import { Api } from "./platform/api.ts";
import { build, isOutdated } from "./platform/build.ts";
import { http } from "./platform/http.ts";
import { readPreference, writePreference } from "./platform/preferences.ts";
import { Session, isPassing } from "./platform/session.ts";
import { SharedSocket } from "./platform/shared-socket.ts";
import { LiveSocket } from "./platform/socket.ts";
import { Storage } from "./platform/storage.ts";
import { type News, Tabs } from "./platform/tabs.ts";

const lockName = "luciole.refresh";
/** A hidden page that comes back after this long asks for what it missed, whatever its socket believes. */
const longAway = 60_000;

/** The running client: every part of it, wired once. */
export class Client {
  readonly server = signal<ServerInfo | null>(null);
  /** Whether the server gives out another build of this client by now. */
  readonly outdated = signal(false);
  readonly storage = new Storage();
  readonly tabs = new Tabs();
  readonly session = new Session({
    http,
    exclusively: (task) => navigator.locks.request(lockName, task) as ReturnType<typeof task>,
    now: Date.now,
    // Who comes back from a provider has a session that this browser does not know of yet.
    remembered: () => readPreference("session") !== null || location.pathname === "/signed-in",
    remember: (signedIn) => writePreference("session", signedIn ? "1" : null),
  });
  readonly api = new Api((method, path, body) => this.session.request(method, path, body));
  readonly store = new ChatStore();
  readonly socket = new SharedSocket({
    socket: new LiveSocket({
      open: (protocols) => new WebSocket(`/api/chat/v1/socket`, protocols),
      token: () => this.session.token(),
      refresh: () => this.session.refresh(),
      isPassing,
      now: Date.now,
      random: Math.random,
      after,
    }),
    locks: navigator.locks,
    now: Date.now,
    after,
  });
  readonly sync = new Sync({ api: this.api, store: this.store, later: after });
  readonly lists = this.sync.lists;
  readonly signals = new Signals({ send: (frame) => this.socket.send(frame), now: Date.now, after });
  readonly history = new History(this);
  readonly now = Date.now;
  /** What time it is for the server: by it things disappear. */
  readonly clock = new Clock(Date.now);
  /** Which part of the list is shown. */
  readonly view = signal<List>("accepted");
  /** Whether one is asked for a conversation to go to. */
  readonly switching = signal(false);
  /** Whether results of a search are looked at, one after the other. */
  readonly searching = signal(false);
  /** Goes up when the message that is open is asked for again. */
  readonly sought = signal(0);
  readonly places = new Map<string, ReadingPlace>();
  readonly reactions = new Reactions(this);
  readonly customEmoji = new CustomEmoji(this.api);
  readonly relations = new Relations({
    api: this.api,
    store: this.store,
    sync: this.sync,
    now: Date.now,
    after,
  });
  readonly reaches = new Reaches({ api: this.api, now: Date.now });
  readonly notices = new Notices(after);
  readonly drafts = new Drafts({
    api: this.api,
    store: this.store,
    storage: this.storage,
    now: Date.now,
    after,
  });
  readonly outbox = new Outbox({
    api: this.api,
    store: this.store,
    sync: this.sync,
    storage: this.storage,
    now: Date.now,
    after,
    exclusively: (name, task) => navigator.locks.request(name, task) as ReturnType<typeof task>,
    tell: () => this.tabs.tell({ kind: "outbox" }),
  });
  readonly deeds = new Deeds(this);
  readonly reading = new Reading({
    attentive: () => document.hasFocus() && document.visibilityState === "visible",
    after,
    mark: (id, position) => this.api.read(id, position),
  });
  #personId: string | null = null;
  #hiddenSince = 0;
  #cancelRenewal: () => void = () => {};

  /** Takes up the session, and follows it from then on. */
  async start(): Promise<void> {
    this.socket.onFrame = (frame) => {
      if (frame.type === "hello") this.clock.set(frame.time);
      this.sync.receive(frame);
      this.signals.receive(frame);
      if (frame.type === "hello") void this.#compareBuilds();
    };
    this.sync.onCaughtUp = () => {
      this.outbox.flush();
      this.drafts.flush();
    };
    this.sync.onAnotherPast = () => this.drafts.retell();
    this.session.onToken = (token) => this.#renewed(token);
    this.store.state.subscribe(({ person }) => person !== null && this.session.see(person));
    this.session.phase.subscribe(() => this.#follow());
    // Left, or ended from elsewhere: nothing stays in this browser, whoever has it by now.
    this.session.onForget = () => void this.storage.forget();
    this.session.onNews = (news) => this.tabs.tell(news);
    this.tabs.onNews = (news) => this.#hear(news);
    this.#watchPage();
    await Promise.all([this.#meetServer(), this.#resume()]);
  }

  /** Signs out here and in the other tabs; what this browser kept for the person goes with it. */
  async signOut(): Promise<void> {
    await this.session.signOut();
  }

  #hear(news: News): void {
    if (news.kind === "outbox") void this.outbox.look();
    else this.session.hear(news);
  }

  /** Loads the page anew, once what is being written is safe. */
  async reload(): Promise<void> {
    await this.drafts.settled();
    location.reload();
  }

  async #resume(): Promise<void> {
    try {
      await this.session.resume();
    } catch {
      after(2_000, () => void this.#resume());
    }
  }

  async #compareBuilds(): Promise<void> {
    if (await isOutdated()) this.outdated.value = true;
  }

  async #meetServer(): Promise<void> {
    try {
      this.server.value = await http<ServerInfo>({ method: "GET", path: "/api/chat/v1/server" });
    } catch {
      after(2_000, () => void this.#meetServer());
    }
  }

  #follow(): void {
    const phase = this.session.phase.value;
    const person = phase === "in" ? this.session.person.peek() : null;
    if (person?.id === this.#personId) return;
    this.#personId = person?.id ?? null;
    if (person === null) {
      this.socket.stop();
      this.sync.stop();
      this.signals.clear();
      this.places.clear();
      this.searching.value = false;
      this.view.value = "accepted";
      this.outbox.stop();
      this.drafts.stop();
      this.reaches.stop();
      this.#cancelRenewal();
      return;
    }
    this.socket.start(`luciole.socket.${build}.${person.id}`);
    this.sync.start(person.id);
    void this.outbox.start(person.id);
    void this.drafts.start(person.id);
  }

  #renewed(token: string): void {
    // Another tab has signed in as somebody else: this one must not mix the two.
    if (this.#personId !== null && this.session.person.peek()?.id !== this.#personId) location.reload();
    this.socket.renew(token);
    this.#cancelRenewal();
    this.#cancelRenewal = after(this.session.renewIn, () => {
      // The others hear of it.
      if (!this.socket.leads) return;
      // A failure shows where it matters: at the next request, or when the socket asks for a token.
      this.session.refresh().catch(() => {});
    });
  }

  #watchPage(): void {
    addEventListener("online", () => this.socket.tryNow());
    // A part that is gone from the server: it has another build.
    addEventListener("vite:preloadError", () => (this.outdated.value = true));
    addEventListener("pagehide", () => this.socket.leave());
    addEventListener("blur", () => this.reading.looksAway());
    for (const name of ["pointerdown", "keydown"])
      addEventListener(name, () => this.signals.act("active"), { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.#hiddenSince = Date.now();
        this.signals.act("idle");
        this.drafts.flush();
        return;
      }
      this.signals.act("active");
      this.socket.tryNow();
      if (Date.now() - this.#hiddenSince > longAway) this.sync.catchUp();
    });
  }
}

function after(milliseconds: number, task: () => void): () => void {
  const timer = setTimeout(task, milliseconds);
  return () => clearTimeout(timer);
}
