/** Why an activity whose sender is proven means nothing to us. */
export type DropReason =
  /** A type of activity or object that this server does not know what to do with. */
  | "unsupported"
  /** Nobody here can be followed: there is nothing but private messages. */
  | "follow_not_offered"
  /** An answer to something that was never asked. */
  | "never_asked"
  /** What is shared with others is public; what is here is not. */
  | "announce_not_offered"
  /** Reports of other servers are not taken. */
  | "report_not_offered"
  /** The one whom somebody says they have become does not agree, or lives here. */
  | "move_not_confirmed"
  /** A number of a log that stood for something else before. */
  | "number_reused"
  /** It is not what its type says it is. */
  | "malformed"
  /** The object is named but not enclosed. */
  | "not_embedded"
  /** An id that is not on its author's own server. */
  | "id_elsewhere"
  /** An id that only we may give. */
  | "id_ours"
  /** Said to be by somebody other than the sender. */
  | "not_attributed"
  /** For everybody: this server keeps private messages only. */
  | "public"
  /** Addressed to nobody here, or not to the owner of the inbox that it came to. */
  | "unaddressed"
  /** Addressed to a collection, a group, or something else that is not a person. */
  | "recipient_not_actor"
  | "too_many_recipients"
  /** A change of something that never arrived. */
  | "unknown_object"
  /** Somebody whom nobody here has ever met. */
  | "unknown_actor"
  /** More than people do. */
  | "too_fast"
  /** Its author's or an addressee's document is not what an actor's must be. */
  | "actor_refused";

/** An activity that is taken from its sender and then dropped, counted by its reason. */
export class Dropped extends Error {
  readonly reason: DropReason;

  constructor(reason: DropReason, options: { cause?: unknown } = {}) {
    super(`dropped: ${reason}`, options);
    this.name = "Dropped";
    this.reason = reason;
  }
}
