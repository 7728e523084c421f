import { signal } from "@preact/signals";
import type { SignedIn } from "#protocol/api.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import type { SignUpWaiting } from "#protocol/sign-up.ts";
import type { Person } from "#protocol/types.ts";
import { ApiFailure, type Http, type Method, Unreachable } from "./http.ts";

/** `starting` until it is known whether somebody is signed in; `ended` says that a session was lost, not left. */
export type SessionPhase = "starting" | "in" | "out" | "ended";

/** What one tab learns of the session that all tabs share: it goes on with another token, or it is over. */
export type SessionNews = { kind: "renewed"; signedIn: SignedIn } | ({ kind: "left" } & Leaving);

export interface Leaving {
  phase: "out" | "ended";
  /** Somebody ended it, here or from elsewhere: what this browser kept goes too. A session that ran out leaves it there. */
  forgets: boolean;
}

export interface SessionPlatform {
  http: Http;
  /** Runs the task while no other tab runs one under the same name. */
  exclusively: <Result>(task: () => Promise<Result>) => Promise<Result>;
  now: () => number;
  /** Whether this browser had a session when it was here last. */
  remembered: () => boolean;
  remember: (signedIn: boolean) => void;
}

export interface Credentials {
  handle: string;
  password: string;
}

/** What somebody says who wants an account; which of it is needed is the server's matter. */
export interface SignUpWish extends Credentials {
  code?: string;
  email?: string;
  reason?: string;
}

/** The answer to a second step. */
export type SecondProof = { ticket: string; keep?: true } & (
  | { keep: true }
  | { totp: string }
  | { recovery: string }
  | { passkey: unknown }
);

const early = 30_000;

/** Who is signed in. The access token lives in this object only; the refresh token is a cookie that no script reads. */
export class Session {
  readonly phase = signal<SessionPhase>("starting");
  readonly person = signal<Person | null>(null);
  /** Called with every new access token. */
  onToken: (token: string) => void = () => {};
  /** Called when nothing of whoever was signed in may stay in this browser. */
  onForget: () => void = () => {};
  /** Called with what this tab has learned from the server, so that the others learn it too. */
  onNews: (news: SessionNews) => void = () => {};
  readonly #platform: SessionPlatform;
  #token: { value: string; until: number } | null = null;
  #refreshing: Promise<string> | null = null;

  constructor(platform: SessionPlatform) {
    this.#platform = platform;
  }

  /** Takes up the session that this browser has, if any. Throws `Unreachable` when the server cannot be asked. */
  async resume(): Promise<void> {
    if (!this.#platform.remembered()) {
      this.phase.value = "out";
      return;
    }
    try {
      await this.refresh();
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
    }
  }

  /** Signs in; answers what else is asked for where a password is not enough. */
  async signIn(credentials: Credentials): Promise<SecondStep | null> {
    const answer = await this.ask<SignedIn | SecondStep>("/auth/sign-in", credentials);
    if ("ticket" in answer) return answer;
    this.#renewed(answer);
    return null;
  }

  /** Makes an account; answers false where somebody has to agree first. */
  async signUp(wish: SignUpWish): Promise<boolean> {
    const answer = await this.ask<SignedIn | SignUpWaiting>("/auth/sign-up", wish);
    if ("state" in answer) return false;
    this.#renewed(answer);
    return true;
  }

  /** Goes on with what was asked for after a password. */
  async finishSignIn(proof: SecondProof): Promise<void> {
    this.#renewed(await this.ask("/auth/sign-in/second", proof));
  }

  /** Signs in with what an authenticator answered. */
  async enterWithPasskey(proof: { ticket: string; passkey: unknown }): Promise<SecondStep | null> {
    const answer = await this.ask<SignedIn | SecondStep>("/auth/passkey/finish", proof);
    if ("ticket" in answer) return answer;
    this.#renewed(answer);
    return null;
  }

  /** Makes the account of whoever a provider has named, under a handle that they chose. */
  async enterWithHandle(choice: { ticket: string; handle: string }): Promise<void> {
    this.#renewed(await this.ask("/auth/providers/finish", choice));
  }

  /** A request of somebody who is not signed in. */
  async ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const request = { method: "POST", path } as const;
    return await this.#platform.http<Answer>(body === undefined ? request : { ...request, body });
  }

  /** Ends the session on the server and here. */
  async signOut(): Promise<void> {
    await this.request("POST", "/auth/sign-out");
    this.#over({ phase: "out", forgets: true });
  }

  /** Takes over what another tab has learned. */
  hear(news: SessionNews): void {
    if (news.kind === "renewed") this.#enter(news.signedIn);
    else this.#leave(news);
  }

  /** Forgets the session in this tab. */
  #leave({ phase, forgets }: Leaving): void {
    if (forgets) this.onForget();
    this.#token = null;
    this.#platform.remember(false);
    this.person.value = null;
    this.phase.value = phase;
  }

  /** An access token that is still good for a while. */
  async token(): Promise<string> {
    const token = this.#token;
    return token !== null && token.until - early > this.#platform.now() ? token.value : this.refresh();
  }

  /** Milliseconds until the access token should be renewed. */
  get renewIn(): number {
    return this.#token === null ? 0 : Math.max(0, this.#token.until - 2 * early - this.#platform.now());
  }

  /** Gets a new access token; one tab at a time, and one request for all who wait. */
  async refresh(): Promise<string> {
    const before = this.#token;
    this.#refreshing ??= this.#platform
      // Another tab may have got one while we waited for our turn.
      .exclusively(async () =>
        this.#token === null || this.#token === before ? this.#askAnew() : this.#token.value,
      )
      .finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** A request with the bearer token. */
  async request<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
    const request = body === undefined ? { method, path } : { method, path, body };
    return await this.bearing((token) => this.#platform.http<Answer>({ ...request, token }));
  }

  /** Asks something with the token, and once more with a new one if the server no longer takes it. */
  async bearing<Answer>(ask: (token: string) => Promise<Answer>): Promise<Answer> {
    const token = await this.token();
    try {
      return await ask(token);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 401) throw error;
    }
    const renewed =
      this.#token !== null && this.#token.value !== token ? this.#token.value : await this.refresh();
    return ask(renewed);
  }

  async #askAnew(): Promise<string> {
    try {
      return this.#renewed(await this.#platform.http<SignedIn>({ method: "POST", path: "/auth/refresh" }));
    } catch (error) {
      const phase = this.phase.value;
      // Whoever asks once more after the end learns nothing new, and takes nothing back of what was said about it.
      const isNews = phase === "in" || phase === "starting";
      if (isNews && error instanceof ApiFailure) {
        this.#over({ phase: phase === "in" ? "ended" : "out", forgets: error.code === "session_ended" });
      }
      throw error;
    }
  }

  #over(leaving: Leaving): void {
    this.#leave(leaving);
    this.onNews({ kind: "left", ...leaving });
  }

  #renewed(signedIn: SignedIn): string {
    this.onNews({ kind: "renewed", signedIn });
    return this.#enter(signedIn);
  }

  /** Takes over how others see whoever is signed in. */
  see(person: Person): void {
    if (this.person.peek()?.id === person.id) this.person.value = person;
  }

  #enter({ accessToken, expiresIn, person }: SignedIn): string {
    this.#token = { value: accessToken, until: this.#platform.now() + expiresIn * 1000 };
    this.#platform.remember(true);
    this.person.value = person;
    this.phase.value = "in";
    this.onToken(accessToken);
    return accessToken;
  }
}

/** Whether trying the same again later may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable;
}
