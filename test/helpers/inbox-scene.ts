import { insertLocalPerson } from "#db/people.ts";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { instanceActor, type PersonRow } from "#domain/people.ts";
import { listConversations, listMessages, type MessageList } from "#domain/read.ts";
import { assembleFederation, type Federation } from "#federation/assemble.ts";
import { actorUri } from "#federation/uris.ts";
import { createEgress, type Egress } from "#lib/egress.ts";
import { newId } from "#lib/ids.ts";
import { HostilePeer } from "../hostile-peer.ts";
import { openHome, type Home, type HomeOptions } from "./home.ts";
import { addActor, type PeerActor } from "./peer-actor.ts";
import { stateHash } from "./state-hash.ts";

/** Somebody of ours before whose inbox a scripted server stands, and everything between the two. */
export class InboxScene {
  readonly home: Home;
  readonly peer: HostilePeer;
  readonly #egress: Egress;
  readonly #counted: string[] = [];
  #federation: Federation;
  #ids = 0;

  private constructor(home: Home, peer: HostilePeer) {
    this.home = home;
    this.peer = peer;
    this.#egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
    this.#federation = this.#assemble();
  }

  static async start(options: HomeOptions = {}): Promise<InboxScene> {
    const home = await openHome(options);
    await instanceActor(home.ctx); // as when a server starts: asking for a key must not make it
    return new InboxScene(home, await HostilePeer.start());
  }

  async close(): Promise<void> {
    await this.#egress.close();
    await this.peer.close();
    await this.home.close();
  }

  /** Forgets what a process remembers, as a restart does. */
  restart(): void {
    this.#federation = this.#assemble();
  }

  /** Asks again for those of whom it is in doubt whether they are gone, as is done all the time. */
  async settleDoubts(): Promise<void> {
    await this.#federation.settleDoubts();
  }

  get origin(): string {
    return this.home.ctx.settings.origin;
  }

  /** An actor of the other server. */
  actor(path: string): PeerActor {
    return addActor(this.peer, path);
  }

  /** Somebody of this server to whom nobody wrote yet. */
  async newcomer(): Promise<PersonRow> {
    const id = newId<"person">();
    const row = { id, handle: id.replaceAll("-", ""), createdAt: new Date() };
    return (await insertLocalPerson(this.home.ctx.db, row))!;
  }

  uriOf(person: PersonRow): string {
    return actorUri(this.origin, person.id);
  }

  /** An id on an author's server that was not used before. */
  idOf(author: PeerActor, folder: string): string {
    return `${author.uri}/${folder}/${(this.#ids += 1)}`;
  }

  /** An activity of an author, with an id of its own. */
  activity(author: PeerActor, type: string, object: unknown) {
    return { id: this.idOf(author, type), type, actor: author.uri, object };
  }

  /** A private message as other servers send it. */
  note(author: PeerActor, to: PersonRow, object: Readonly<Record<string, unknown>> = {}) {
    const id = this.idOf(author, "notes");
    const usual = {
      id,
      type: "Note",
      attributedTo: author.uri,
      to: [this.uriOf(to)],
      content: "<p>hello</p>",
    };
    const note = { ...usual, ...object };
    return { id: `${id}/create`, type: "Create", actor: author.uri, to: note.to, object: note };
  }

  /** Posts through the door that app.ts mounts; answers the status and what was counted. */
  async post(author: PeerActor, activity: unknown, inbox: PersonRow | "shared" = "shared"): Promise<string> {
    const [path, id] = inbox === "shared" ? ["/inbox", ""] : ["/users/:id/inbox", inbox.id];
    const target = path.replace(":id", id);
    const route = this.#federation.routes.find((each) => each.method === "POST" && each.path === path);
    const request = await author.deliver(`${this.origin}${target}`, activity);
    const { status } = await route!.handle(request, { id, target });
    return `${status} ${this.#counted.at(-1)}`;
  }

  /** Posts, and says what is different from before: the answer, the changed tables, what the peer was asked. */
  async effectOf(
    author: PeerActor,
    activity: unknown,
    inbox: PersonRow | "shared" = "shared",
  ): Promise<string> {
    const [before, asked] = [await stateHash(this.home.databaseUrl), this.peer.requests.length];
    const answer = await this.post(author, activity, inbox);
    const after = (await stateHash(this.home.databaseUrl)).split("\n");
    const changed = after.filter((line) => !before.includes(line)).map((line) => line.split(" ")[0] ?? "");
    const urls = this.peer.requests.slice(asked).map(({ url }) => url);
    return [answer, ...changed, ...urls.filter((url) => this.peer.url(url) !== author.uri)].join(" ");
  }

  /** What somebody of ours sees of all conversations in one state. */
  async messagesOf(
    person: PersonRow,
    state: "accepted" | "request" = "request",
  ): Promise<MessageList["messages"]> {
    const { ctx } = this.home;
    const { views } = await listConversations(ctx, { personId: person.id, state, before: null, limit: 50 });
    const lists = views.map(({ conversation: { id: conversationId } }) =>
      listMessages(ctx, { personId: person.id, conversationId, at: null, limit: 50 }),
    );
    return (await Promise.all(lists)).flatMap(({ messages }) => messages);
  }

  #assemble(): Federation {
    const counters = { count: (name: string) => this.#counted.push(name) };
    const keys = createRemoteKeyStore(this.home.ctx.db);
    return assembleFederation(this.home.ctx, { egress: this.#egress, keys, counters });
  }
}
