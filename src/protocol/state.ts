import type {
  Conversation,
  Draft,
  Folder,
  Membership,
  Message,
  Person,
  Preferences,
  Relation,
} from "./types.ts";
import type { Delivery } from "./deliveries.ts";
import type { Invitation } from "./invitations.ts";

/** A contiguous run of a conversation's messages, ascending by position, that a client has loaded. */
export interface Window {
  messages: readonly Message[];
  /** Older messages exist on the server. */
  hasBefore: boolean;
  /** Newer messages exist on the server: a message posted now does not belong at the end of this run. */
  hasAfter: boolean;
}

export interface ConversationState {
  conversation: Conversation;
  /** True as of `conversation.revision`: the two are only ever replaced together. */
  membership: Membership;
  /** Null until the conversation was opened. */
  window: Window | null;
  deliveries: Readonly<Record<string, readonly Delivery[]>>;
  /** Messages that the viewer keeps, as far as they were loaded once. */
  saved: readonly string[];
  draft: Draft | null;
}

/** What holds for a person who chose nothing. */
export const defaultPreferences: Preferences = {
  receipts: true,
  typing: true,
  presence: true,
  invisible: false,
  status: null,
};

/** All that a client knows of the server's truth. */
export interface ChatState {
  /** The viewer's own person id. */
  me: string;
  /** The viewer's own number up to which personal changes were applied. */
  number: number;
  /** The viewer as others see them; null until it was asked for. */
  person: Person | null;
  preferences: Preferences;
  conversations: Readonly<Record<string, ConversationState>>;
  /** Whom the viewer blocks or mutes, by person id; nobody else is in it. */
  relations: Readonly<Record<string, Relation>>;
  folders: readonly Folder[];
  /** Those that are still open, by id. */
  invitations: Readonly<Record<string, Invitation>>;
}

/** What must be fetched because a change could not be applied: a number was missed, or the change was unknown territory. */
export type Missing =
  | { kind: "conversation"; conversationId: string; after: number }
  | { kind: "personal"; after: number }
  /** What is known does not hold any more: start afresh. */
  | { kind: "everything" };

export interface Applied {
  state: ChatState;
  missing: Missing | null;
}

/** What a client knows before it has asked. */
export const nothing: ChatState = {
  me: "",
  number: 0,
  person: null,
  preferences: defaultPreferences,
  conversations: {},
  relations: {},
  folders: [],
  invitations: {},
};
