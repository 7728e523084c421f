import type { ConversationView } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import { type Client, LiveSession, type Place, withToken } from "./client.ts";
import { base, beginAbroad } from "./group-abroad.ts";
import type { MastodonPeer, MastodonPerson } from "./mastodon-peer.ts";
import type { Acquaintance, Status } from "./mastodon-status.ts";
import { poll } from "./poll.ts";
import type { TestServer } from "./server.ts";

/** A real server, and one that speaks as Mastodon does. */
export interface Sites {
  readonly server: TestServer;
  readonly place: Place;
  readonly mastodon: MastodonPeer;
}

/** Somebody new at the real one. */
export async function enterAt({ server, place }: Sites, handle: string): Promise<Client> {
  return await withToken(place, (await server.createAccount(handle)).token);
}

/** Whatever a transport has told somebody, as it was told. */
type Told = Readonly<Record<string, string>>;

/** The group `Trip` of ann (its owner), bo and cy here, and of moa and mia there; bo's session is live. */
export class Trip {
  readonly id: string;
  readonly ann: Client;
  readonly bo: Client;
  readonly cy: Client;
  readonly moa: MastodonPerson;
  readonly mia: MastodonPerson;
  readonly live: LiveSession;
  readonly #mastodon: MastodonPeer;
  /** Everybody whom somebody there may mention, by their id. */
  readonly #known = new Map<string, Acquaintance>();

  private constructor(
    { mastodon, id }: { mastodon: MastodonPeer; id: string },
    [ann, bo, cy]: readonly [Client, Client, Client],
    [moa, mia]: readonly [MastodonPerson, MastodonPerson],
  ) {
    this.#mastodon = mastodon;
    this.id = id;
    this.ann = ann;
    this.bo = bo;
    this.cy = cy;
    this.moa = moa;
    this.mia = mia;
    this.live = new LiveSession(bo);
  }

  static async begin({ sites, name }: { sites: Sites; name: string }): Promise<Trip> {
    const { mastodon } = sites;
    const enter = (handle: string) => enterAt(sites, `${handle}_${name}`);
    const locals = [await enter("ann"), await enter("bo"), await enter("cy")] as const;
    const people = [mastodon.add(`moa_${name}`), mastodon.add(`mia_${name}`)] as const;
    const [{ client, conversationId }] = (await beginAbroad(`Trip ${name}`, locals)) as [
      { client: Client; conversationId: string },
    ];
    const trip = new Trip({ mastodon, id: conversationId }, locals, people);
    for (const { acquaintance } of people) {
      trip.#known.set(acquaintance.uri, acquaintance);
      const path = `${base}/conversations/${conversationId}/invitations`;
      await client.call("POST", path, { address: acquaintance.address });
    }
    for (const { person } of locals) await trip.meet(person.address);
    await trip.live.start();
    await trip.live.open(conversationId);
    await trip.moa.hears(`added mia_${name}`);
    return trip;
  }

  get locals(): readonly Client[] {
    return [this.ann, this.bo, this.cy];
  }

  /** Looks somebody up there. */
  async meet(address: string): Promise<Acquaintance> {
    const found = await this.#mastodon.find(address);
    this.#known.set(found.uri, found);
    return found;
  }

  as({ person }: Client): Acquaintance {
    return [...this.#known.values()].find(({ address }) => address === person.address)!;
  }

  /** Whom Mastodon writes into an answer by itself: the author, and everybody who is mentioned. */
  all(status: Status, writer = this.moa): Acquaintance[] {
    const uris = [status.attributedTo, ...status.tag.map(({ href }) => href)];
    return [...new Set(uris)].filter((uri) => uri !== writer.uri).map((uri) => this.#known.get(uri)!);
  }

  /** The same without some. */
  without(status: Status, ...left: readonly Acquaintance[]): Acquaintance[] {
    return this.all(status).filter(({ uri }) => left.every((each) => each.uri !== uri));
  }

  /** ann writes; answers it as it came there. */
  async says(text: string, inReplyTo?: Message): Promise<{ message: Message; status: Status }> {
    const { message } = await this.ann.send(this.id, { text, ...(inReplyTo && { inReplyTo: inReplyTo.id }) });
    return { message, status: await this.moa.hears(text) };
  }

  /** What somebody here has of the group. */
  async messages(client: Client): Promise<Message[]> {
    return (await client.fetchHistory(this.id)).messages;
  }

  /** The message with these words that somebody here has. */
  async message(client: Client, text: string): Promise<Message> {
    const look = async () => (await this.messages(client)).find(saying(text));
    return await poll(`${client.person.handle} has ${text}`, look);
  }

  async group(client: Client): Promise<ConversationView> {
    return await client.api.conversation(this.id);
  }

  memberId(view: ConversationView, { acquaintance }: MastodonPerson): string {
    const { members, former } = view.conversation;
    const people = [...members.map(({ person }) => person), ...former];
    return people.find(({ address }) => address === acquaintance.address)!.id;
  }

  /** Takes somebody out. */
  async removes(personId: string): Promise<void> {
    await this.ann.call("DELETE", `${base}/conversations/${this.id}/members/${personId}`);
  }

  /** Everything that somebody here can be told of a word and of a message, by every way there is. */
  async told(client: Client, { word, at }: { word: string; at: Message }): Promise<Told> {
    const get = (path: string) => client.call<unknown>("GET", base + path);
    const ways = {
      list: "/conversations?state=accepted",
      requests: "/conversations?state=request",
      left: "/conversations?state=left",
      summary: `/conversations/${this.id}`,
      messages: `/conversations/${this.id}/messages`,
      around: `/conversations/${this.id}/messages?around=${at.position}`,
      changes: `/conversations/${this.id}/changes?after=0`,
      own: "/me/changes?after=0",
      sync: "/sync",
      search: `/search?q=${word}`,
      message: `/messages/${at.id}`,
      history: `/messages/${at.id}/history`,
      chain: `/messages/${at.id}/chain`,
      json: `/conversations/${this.id}/export?format=json`,
    };
    const answers = Object.entries(ways).map(async ([way, path]) => {
      const answer = await get(path).catch((error: unknown) => String(error));
      return [way, JSON.stringify(answer)] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }
}

/** Whether a message says just this. */
export const saying =
  (text: string) =>
  ({ body }: Message): boolean =>
    body !== null && "text" in body && body.text === text;

/** The ways by which something was told. */
export function tellingOf(told: Told, word: string): string[] {
  return Object.entries(told).flatMap(([way, answer]) => (answer.includes(word) ? [way] : []));
}
