import { z } from "zod";
import { checkId, parse, readActivity, type Unread } from "./activity-in.ts";
import { bodyFields, readMentions, takeBody, type UnreadBody } from "./body-in.ts";
import { Dropped } from "./dropped.ts";
import { address, isPair, isPublic, list, RECIPIENTS, reference, time } from "./values.ts";

export interface IncomingNote {
  /** The type under which it came; some servers want their chats answered in kind. */
  readonly form: "Note" | "ChatMessage";
  /** Somebody else's words, passed on; only our own kind says so. */
  readonly forwarded: boolean;
  readonly activityUri: string;
  readonly uri: string;
  /** Everybody whom it is addressed to, without its author: absolute addresses, of whom nothing is known yet. */
  readonly recipients: readonly string[];
  /** Those of them who are mentioned (persons, as far as the author's server knows), and the names shown for them. */
  readonly mentioned: ReadonlyMap<string, string>;
  readonly contexts: readonly string[];
  readonly inReplyTo: string | null;
  readonly body: UnreadBody;
  readonly sentAt: Date | null;
  /** The epoch of its group in which it was sent; only our own kind says so. */
  readonly chatEpoch: number | null;
}

export interface IncomingEdit {
  readonly activityUri: string;
  readonly uri: string;
  readonly body: UnreadBody;
  readonly updatedAt: Date | null;
}

export interface IncomingDelete {
  readonly activityUri: string;
  readonly uri: string;
}

const addressees = list(reference);
/** Only `to` and `cc` bring a message to somebody: whom the others name, nobody else of a conversation would see. */
const addressing = z.looseObject({
  to: addressees,
  cc: addressees,
  bto: addressees,
  bcc: addressees,
  audience: addressees,
});
const noteFields = z.looseObject({
  id: address,
  attributedTo: reference,
  ...addressing.shape,
  ...bodyFields,
  context: list(reference).catch([]),
  conversation: list(reference).catch([]),
  inReplyTo: list(reference).catch([]),
  published: time,
  updated: time,
  chatForwarded: z.unknown().optional(),
  chatEpoch: z.int().nonnegative().nullable().catch(null).default(null),
});

/** Reads a Create of a private Note. Throws Dropped. */
export function readCreate(unread: Unread): IncomingNote {
  const activity = readActivity(unread);
  const { to, cc } = readAddressing(activity);
  const note = readNote(unread, activity.object);
  const addressed = [...to, ...cc, ...note.to, ...note.cc];
  const recipients = [...new Set(addressed.filter((uri) => uri !== unread.actorUri))];
  if (recipients.length === 0) throw new Dropped("unaddressed");
  if (recipients.length > RECIPIENTS) throw new Dropped("too_many_recipients");
  if (!recipients.every((uri) => address.safeParse(uri).success)) throw new Dropped("recipient_not_actor");
  const mentioned = readMentions(note.tag, recipients);
  return {
    form: "Note",
    forwarded: note.chatForwarded === true,
    activityUri: activity.id,
    uri: note.id,
    recipients,
    mentioned,
    contexts: [...new Set([...note.context, ...note.conversation])].slice(0, 4),
    inReplyTo: note.inReplyTo[0] ?? null,
    body: takeBody(note, mentioned),
    sentAt: note.published,
    chatEpoch: note.chatEpoch,
  };
}

/** Reads a Create of a ChatMessage (Pleroma, Lemmy), which is always between two. Throws Dropped. */
export function readChat(unread: Unread): IncomingNote {
  const note = readCreate(unread);
  if (note.recipients.length > 1) throw new Dropped("too_many_recipients");
  return { ...note, form: "ChatMessage" };
}

/**
 * Reads an Update of a Note or ChatMessage. Whom it is addressed to plays no part, for an audience never changes, unless
 * it is everybody. Throws Dropped.
 */
export function readUpdate(unread: Unread): IncomingEdit {
  const activity = readActivity(unread);
  readAddressing(activity);
  const note = readNote(unread, activity.object);
  const body = takeBody(note, readMentions(note.tag, [...note.to, ...note.cc]));
  return { activityUri: activity.id, uri: note.id, body, updatedAt: note.updated };
}

/**
 * Reads a Delete of an object, named or enclosed. Its addressees play no part: snac tells everybody (`as:Public`) that a
 * private message is gone. Throws Dropped.
 */
export function readDelete(unread: Unread): IncomingDelete {
  const activity = readActivity(unread);
  const uri = parse(reference, activity.object);
  checkId(unread, uri);
  // What never came is remembered by its own address and its author's together.
  if (!isPair(uri, unread.actorUri)) throw new Dropped("malformed");
  return { activityUri: activity.id, uri };
}

/** What is for everybody, by whatever property, is no private message. */
function readAddressing(fields: object): z.output<typeof addressing> {
  const read = parse(addressing, fields);
  const everywhere = [read.to, read.cc, read.bto, read.bcc, read.audience].flat();
  if (everywhere.some(isPublic)) throw new Dropped("public");
  return read;
}

function readNote(unread: Unread, object: unknown) {
  const note = parse(noteFields, object);
  readAddressing(note);
  if (note.attributedTo !== unread.actorUri) throw new Dropped("not_attributed");
  checkId(unread, note.id);
  return note;
}
