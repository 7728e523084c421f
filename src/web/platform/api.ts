import type {
  Asked,
  ChangePage,
  ConversationChangePage,
  ConversationPage,
  ConversationView,
  CustomEmojiList,
  MessageChain,
  MessageHistory,
  MessagePage,
  Own,
  PinPage,
  SavedPage,
  Reach,
  Sent,
  ServerInfo,
  Sync,
} from "#protocol/api.ts";
import type {
  Draft,
  Folder,
  Membership,
  Mute,
  Person,
  Preferences,
  Relation,
  Sharing,
} from "#protocol/types.ts";
import type { Method } from "./http.ts";

export type Request = <Answer>(method: Method, path: string, body?: unknown) => Promise<Answer>;

/** Which part of a conversation's history to fetch. */
export type Place =
  | { kind: "newest" }
  | { kind: "around"; position: number }
  | { kind: "before"; position: number }
  | { kind: "after"; position: number }
  /** Around the first message that came at or after this moment. */
  | { kind: "date"; at: string };

/** Which conversations to list. */
export interface ListQuery {
  state: "accepted" | "request" | "left";
  archived?: boolean;
  unread?: boolean;
  folder?: string;
  /** Part of a title, a name or an address. */
  q?: string;
}

/** What somebody decides about their own side of a conversation; what is left out stays. */
export interface MembershipChange {
  pinned?: boolean;
  archived?: boolean;
  mute?: Mute | null;
  markedUnread?: boolean;
  folderIds?: string[];
}

/** What is sent: a text, perhaps an answer; or a message that is passed on. */
export type NewMessage = { key: string; text: string; inReplyTo?: string } | { key: string; forward: string };

export const root = "/api/chat/v1";

/** The chat API, by what it answers. */
export class Api {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** A request of a part that is loaded later, and knows its own paths. */
  get request(): Request {
    return this.#request;
  }

  server = (): Promise<ServerInfo> => this.#request("GET", `${root}/server`);

  sync = (after: string | null): Promise<Sync> => this.#request("GET", `${root}/sync${query({ after })}`);

  own = (): Promise<Own> => this.#request("GET", `${root}/me/own`);

  changePreferences = (change: Partial<Preferences>): Promise<Preferences> =>
    this.#request("PATCH", `${root}/me/preferences`, change);

  changeMembership = (id: string, change: MembershipChange): Promise<Membership> =>
    this.#request("PATCH", `${root}/conversations/${id}/membership`, change);

  readAll = (): Promise<void> => this.#request("POST", `${root}/me/read-all`);

  createFolder = (name: string): Promise<Folder> => this.#request("POST", `${root}/me/folders`, { name });

  changeFolder = (id: string, change: { name?: string; rank?: number }): Promise<Folder> =>
    this.#request("PATCH", `${root}/me/folders/${id}`, change);

  deleteFolder = (id: string): Promise<void> => this.#request("DELETE", `${root}/me/folders/${id}`);

  keepDraft = (id: string, draft: Pick<Draft, "text" | "inReplyTo">): Promise<Draft> =>
    this.#request("PUT", `${root}/conversations/${id}/draft`, draft);

  dropDraft = (id: string): Promise<void> => this.#request("DELETE", `${root}/conversations/${id}/draft`);

  chooseSharing = (id: string, sharing: Partial<Sharing>): Promise<Membership> =>
    this.#request("PATCH", `${root}/conversations/${id}/membership`, { sharing });

  person = (id: string): Promise<Person> => this.#request("GET", `${root}/people/${id}`);

  block = (id: string, kind: "open" | "silent"): Promise<Relation> =>
    this.#request("PUT", `${root}/people/${id}/block`, { kind });

  unblock = (id: string): Promise<Relation> => this.#request("DELETE", `${root}/people/${id}/block`);

  mute = (id: string, until: string | null): Promise<Relation> =>
    this.#request("PUT", `${root}/people/${id}/mute`, { until });

  unmute = (id: string): Promise<Relation> => this.#request("DELETE", `${root}/people/${id}/mute`);

  myChanges = (after: number): Promise<ChangePage> =>
    this.#request("GET", `${root}/me/changes${query({ after, limit: 200 })}`);

  conversations = (list: ListQuery, before: string | null): Promise<ConversationPage> =>
    this.#request("GET", `${root}/conversations${query({ ...list, before, limit: 50 })}`);

  conversationsOf = (ids: readonly string[]): Promise<ConversationPage> =>
    this.#request("GET", `${root}/conversations${query({ ids: ids.join() })}`);

  conversation = (id: string): Promise<ConversationView> =>
    this.#request("GET", `${root}/conversations/${id}`);

  startConversation = (address: string): Promise<ConversationView> =>
    this.#request("POST", `${root}/conversations`, { address });

  reach = (id: string): Promise<Reach> => this.#request("GET", `${root}/conversations/${id}/reach`);

  changes = (id: string, after: number): Promise<ConversationChangePage> =>
    this.#request("GET", `${root}/conversations/${id}/changes${query({ after, limit: 200 })}`);

  messages(id: string, place: Place, limit: number): Promise<MessagePage> {
    return this.#request("GET", `${root}/conversations/${id}/messages${query({ ...sideOf(place), limit })}`);
  }

  send = (id: string, message: NewMessage): Promise<Sent> =>
    this.#request("POST", `${root}/conversations/${id}/messages`, message);

  read = (id: string, position: number): Promise<Membership> =>
    this.#request("POST", `${root}/conversations/${id}/read`, { position });

  answerRequest = (id: string, answer: "accept" | "decline"): Promise<Membership> =>
    this.#request("POST", `${root}/conversations/${id}/${answer}`);

  message = (id: string): Promise<Sent> => this.#request("GET", `${root}/messages/${id}`);

  edit = (id: string, text: string): Promise<Sent> =>
    this.#request("PATCH", `${root}/messages/${id}`, { text });

  react = (id: string, emoji: string): Promise<Sent> => this.#request("PUT", reactionPath(id, emoji));

  unreact = (id: string, emoji: string): Promise<Sent> => this.#request("DELETE", reactionPath(id, emoji));

  customEmoji = (): Promise<CustomEmojiList> => this.#request("GET", `${root}/custom-emoji`);

  chain = (id: string): Promise<MessageChain> => this.#request("GET", `${root}/messages/${id}/chain`);

  history = (id: string): Promise<MessageHistory> => this.#request("GET", `${root}/messages/${id}/history`);

  pin = (id: string, pinned: boolean): Promise<Sent> =>
    this.#request(pinned ? "PUT" : "DELETE", `${root}/messages/${id}/pin`);

  pins = (id: string): Promise<PinPage> => this.#request("GET", `${root}/conversations/${id}/pins`);

  save = (id: string, saved: boolean): Promise<Sent> =>
    this.#request(saved ? "PUT" : "DELETE", `${root}/messages/${id}/saved`);

  saved = (before: string | null): Promise<SavedPage> =>
    this.#request("GET", `${root}/me/saved${query({ before, limit: 30 })}`);

  retryDeliveries = (id: string): Promise<Sent> =>
    this.#request("POST", `${root}/messages/${id}/deliveries/retry`);

  cancelDeliveries = (id: string): Promise<Sent> =>
    this.#request("POST", `${root}/messages/${id}/deliveries/cancel`);

  deleteForEveryone = (id: string): Promise<Sent | Asked> =>
    this.#request("DELETE", `${root}/messages/${id}${query({ for: "everyone" })}`);

  deleteForMe = (id: string): Promise<void> =>
    this.#request("DELETE", `${root}/messages/${id}${query({ for: "me" })}`);
}

function sideOf(place: Place): Record<string, string | number> {
  if (place.kind === "newest") return {};
  return { [place.kind]: place.kind === "date" ? place.at : place.position };
}

function reactionPath(id: string, emoji: string): string {
  return `${root}/messages/${id}/reactions/${encodeURIComponent(emoji)}`;
}

/** What follows the path of a request; what is null is left out. */
export function query(values: Readonly<Record<string, string | number | boolean | null>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return search.size === 0 ? "" : `?${search}`;
}
