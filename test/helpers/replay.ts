import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { startConversation } from "#domain/conversations.ts";
import { postMessage } from "#domain/messages/post.ts";
import { findPersonByUri, saveRemotePerson, type PersonRow } from "#domain/people.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { listConversations, listMessages, type MessageRow, type ShownMessage } from "#domain/read.ts";
import { assembleFederation, type Federation } from "#federation/assemble.ts";
import { actorUri, uriOfMessage } from "#federation/uris.ts";
import { createEgress } from "#lib/egress.ts";
import { HostilePeer } from "../hostile-peer.ts";
import { serveSender } from "./captured-sender.ts";
import type { Home } from "./home.ts";
import { rsaKeyPair } from "./keys.ts";
import { originsOf, readCaptured, resign } from "./resign.ts";

const keys = rsaKeyPair();

interface CapturedActivity {
  readonly actor: string;
  readonly inReplyTo?: string;
  readonly object: string | { readonly inReplyTo?: string; readonly object?: string };
}

/**
 * A captured conversation, led anew: the sender's server is a peer of the test, the receiver one of our people, and what
 * the receiver had written there is a message of ours.
 */
export class Replay {
  readonly #home: Home;
  readonly #receiver: PersonRow;
  readonly #peer: HostilePeer;
  readonly #federation: Federation;
  readonly #close: () => Promise<void>;
  readonly #counted: string[];
  /** Our addresses in the place of captured ones. */
  readonly #replace: Record<string, string> = {};
  #senderUri = "";

  private constructor(
    home: Home,
    receiver: PersonRow,
    outside: Readonly<{
      peer: HostilePeer;
      federation: Federation;
      close: () => Promise<void>;
      counted: string[];
    }>,
  ) {
    this.#home = home;
    this.#receiver = receiver;
    this.#peer = outside.peer;
    this.#federation = outside.federation;
    this.#close = outside.close;
    this.#counted = outside.counted;
  }

  static async start(home: Home, receiver: PersonRow): Promise<Replay> {
    const peer = await HostilePeer.start();
    const egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
    const counted: string[] = [];
    const counters = { count: (name: string) => counted.push(name) };
    const federation = assembleFederation(home.ctx, {
      egress,
      keys: createRemoteKeyStore(home.ctx.db),
      counters,
    });
    const close = async () => {
      await egress.close();
      await peer.close();
    };
    return new Replay(home, receiver, { peer, federation, close, counted });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** Has the receiver write whatever a capture refers to as theirs; somebody who wrote knows the sender. */
  async prepare(name: string): Promise<void> {
    const captured = readCaptured(name);
    const { sender, receiver } = originsOf(captured);
    const activity = JSON.parse(captured.raw_body ?? "") as CapturedActivity;
    serveSender(this.#peer, activity.actor, keys);
    this.#senderUri = activity.actor.replace(sender, this.#peer.origin);
    const own = actorUri(this.#home.ctx.settings.origin, this.#receiver.id);
    this.#replace[receiverOf(captured.raw_body ?? "", captured.url)] = own;
    this.#replace[sender] = this.#peer.origin;
    this.#replace[receiver] = this.#home.ctx.settings.origin;
    const theirs = referredTo(activity);
    if (theirs === null || new URL(theirs).origin !== receiver || this.#replace[theirs] !== undefined) return;
    const message = await this.#write();
    this.#replace[theirs] = uriOfMessage(this.#home.ctx.settings.origin, message);
  }

  /** Has the receiver block the sender, as was so when a capture was made. */
  async block(): Promise<void> {
    await this.#write(); // one blocks whom one has met
    const pair = { personId: this.#receiver.id, otherId: (await this.#sender()).id };
    await blockPerson(this.#home.ctx, { ...pair, kind: "silent" });
  }

  /** Sends a capture as its sender did; answers the status and what was counted. */
  async send(name: string): Promise<string> {
    const sendable = resign(readCaptured(name), { replace: this.#replace, keys });
    const { target, headers } = sendable;
    const [, id = ""] = /^\/users\/([^/]+)\/inbox$/.exec(target) ?? [];
    const path = id === "" ? "/inbox" : "/users/:id/inbox";
    const door = this.#federation.routes.find((each) => each.method === "POST" && each.path === path)!;
    const { origin } = this.#home.ctx.settings;
    const request = new Request(origin + target, { method: "POST", headers, body: String(sendable.body) });
    const { status } = await door.handle(request, { id, target });
    return `${status} ${this.#counted.at(-1)}`;
  }

  /** What the receiver sees, conversation after conversation. */
  async seen(): Promise<string[]> {
    const personId = this.#receiver.id;
    const lists = await Promise.all(
      (["accepted", "request"] as const).map(async (state) => {
        const page = { personId, state, before: null, limit: 50 };
        const { views } = await listConversations(this.#home.ctx, page);
        return views.map(({ conversation }) => conversation.id);
      }),
    );
    const pages = lists
      .flat()
      .map((conversationId) =>
        listMessages(this.#home.ctx, { personId, conversationId, at: null, limit: 50 }),
      );
    return (await Promise.all(pages)).flatMap(({ messages }) =>
      messages.map((message) => {
        const parent = messages.find(({ id }) => id === message.inReplyTo);
        return this.#show(message) + (parent === undefined ? "" : ` (to ${this.#author(parent)})`);
      }),
    );
  }

  #show(message: ShownMessage): string {
    const { text, editedAt, deletedAt, reactions } = message;
    const said = deletedAt === null ? (text ?? "") : "(deleted)";
    const edited = editedAt !== null && deletedAt === null ? " (edited)" : "";
    return `${this.#author(message)}: ${said}${edited}${reactions.map(({ emoji }) => ` [${emoji}]`).join("")}`;
  }

  #author({ authorId }: MessageRow): string {
    return authorId === this.#receiver.id ? "me" : "they";
  }

  /** The sender, known by now. */
  async #sender(): Promise<PersonRow> {
    const uri = this.#senderUri;
    const { ctx } = this.#home;
    const known = await findPersonByUri(ctx, uri);
    if (known !== null) return known;
    const handle = uri.replace(/^.*[/@]/, "");
    const said = { uri, kind: "person" as const, handle, host: this.#peer.host, name: "", profileUrl: null };
    return await saveRemotePerson(ctx, { ...said, inbox: `${uri}/inbox` });
  }

  async #write(): Promise<MessageRow> {
    const { ctx } = this.#home;
    const authorId = this.#receiver.id;
    const withId = (await this.#sender()).id;
    const { id: conversationId } = await startConversation(ctx, { personId: authorId, withId });
    const idempotency = { client: "test", key: crypto.randomUUID() };
    const { message } = await postMessage(ctx, {
      authorId,
      conversationId,
      text: "what I wrote",
      idempotency,
    });
    return message;
  }
}

/** Whom a capture was sent to: the owner of the inbox, or its one addressee. */
function receiverOf(body: string, url: string): string {
  const owner = /^(.+)\/inbox$/.exec(url)?.[1] ?? "";
  if (new URL(owner).pathname !== "/") return owner;
  return (JSON.parse(body) as { to: string }).to;
}

/** The message of the receiver that an activity is about, if there is one. */
function referredTo({ inReplyTo, object }: CapturedActivity): string | null {
  const named = typeof object === "string" ? object : (object.inReplyTo ?? object.object);
  return inReplyTo ?? (typeof named === "string" ? named : null);
}
