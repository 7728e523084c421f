import type { Context } from "#domain/context.ts";
import { findPersonByUri } from "#domain/people.ts";
import { isKnownMessage, receiveDelete, receiveEdit, receiveMessage } from "#domain/receive.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Counters } from "./counters.ts";
import { createInOrder, QueueFull, type InOrderLimits } from "./in-order.ts";
import { GuardRefusal, type GuardedActivity, type InboxGuard, type InboxRequest } from "./inbox-guard.ts";
import { createRecipients, type Recipients } from "./recipients.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { readBody } from "./translate/body-in.ts";
import { Dropped } from "./translate/dropped.ts";
import {
  readCreate,
  readDelete,
  readType,
  readUpdate,
  type IncomingDelete,
  type IncomingEdit,
  type IncomingNote,
} from "./translate/note-in.ts";
import { hostOf, isOurs, isSameOrigin, parseLocalUri } from "./uris.ts";

/** After how many seconds a sender shall come again whose message could not be taken for want of somebody's document. */
const RETRY_AFTER_S = 60;
/** Activities that wait, with those under way: of one actor, of the actors of one host, and of everybody. */
const WAITING: InOrderLimits = { perKey: 50, perGroup: 100, all: 500 };

export interface InboxAnswer {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/** Where other servers' activities come in. */
export interface Inbox {
  /** Takes a request for the inbox of `owner`, or for the shared one (null). Never throws: 5xx lets the sender retry. */
  receive(request: InboxRequest, owner: PersonId | null): Promise<InboxAnswer>;
}

export interface InboxOptions {
  readonly guard: InboxGuard;
  readonly actors: RemoteActors;
  readonly counters: Counters;
  readonly waiting?: InOrderLimits;
}

/** Makes the inbox: guard, translate, look up what is missing, hand over to the domain, 202 after its commit. */
export function createInbox(ctx: Context, options: InboxOptions): Inbox {
  const { guard, actors, counters } = options;
  const inOrder = createInOrder(options.waiting ?? WAITING);
  const tools = { actors, recipients: createRecipients(ctx, actors) };

  async function receive(request: InboxRequest, owner: PersonId | null): Promise<InboxAnswer> {
    const about: { actorId?: string } = {};
    try {
      const arrival = await admit(request, owner, about);
      const place = { key: arrival.actorUri, group: hostOf(arrival.actorUri) ?? "" };
      await inOrder.run(place, () => take(ctx, tools, arrival));
      counters.count("accepted");
      return { status: 202 };
    } catch (error) {
      const { status, reason, retryAfter } = judge(error);
      const fields = { status, reason, count: counters.count(reason), ...about };
      if (status === 500) log("federation").error("an activity could not be taken", { ...fields, error });
      else if (isMilestone(fields.count)) log("federation").info("activities are not taken", fields);
      else log("federation").debug("an activity was not taken", fields);
      return { status, retryAfter };
    }
  }

  /** What then waits is what was read here, of a bounded size: the request and the whole activity are given up. */
  async function admit(
    request: InboxRequest,
    owner: PersonId | null,
    about: { actorId?: string },
  ): Promise<Arrival> {
    const guarded = await guard.guard(request);
    const { actorUri, digest } = guarded;
    about.actorId = actorUri;
    return { actorUri, digest, owner, said: read(ctx.settings.origin, guarded) };
  }

  return { receive };
}

/** 1, 10, 100, ...: what strangers can cause at will must not fill the log. */
function isMilestone(count: number): boolean {
  return /^10*$/.test(String(count));
}

/** What a failure means for the sender: 202 for what will never be taken, 5xx for what may be taken later. */
function judge(error: unknown): InboxAnswer & { reason: string } {
  if (error instanceof GuardRefusal) {
    return { status: error.status, reason: error.code, retryAfter: error.retryAfter };
  }
  // Not 5xx, which would speak of the whole server: this sender alone is too fast.
  if (error instanceof QueueFull) return { status: 429, reason: "queue_full", retryAfter: RETRY_AFTER_S };
  if (error instanceof Dropped) return { status: 202, reason: error.reason };
  if (error instanceof Refusal) return { status: 202, reason: error.code };
  if (error instanceof ActorUnavailable) {
    const reason = "actor_unavailable";
    return error.temporary ? { status: 503, reason, retryAfter: RETRY_AFTER_S } : { status: 202, reason };
  }
  return { status: 500, reason: "error" };
}

interface Tools {
  readonly actors: RemoteActors;
  readonly recipients: Recipients;
}

type Said =
  | { readonly type: "Create"; readonly note: IncomingNote }
  | { readonly type: "Update"; readonly edit: IncomingEdit }
  | { readonly type: "Delete"; readonly deletion: IncomingDelete };

interface Arrival {
  readonly actorUri: string;
  readonly digest: string;
  readonly owner: PersonId | null;
  readonly said: Said;
}

type Arrived<What> = Omit<Arrival, "said"> & What;

/** Throws Dropped. */
function read(origin: string, { activity, actorUri }: GuardedActivity): Said {
  const unread = { origin, actorUri, activity };
  const type = readType(activity);
  switch (type) {
    case "Create":
      return { type, note: readCreate(unread) };
    case "Update":
      return { type, edit: readUpdate(unread) };
    case "Delete":
      return { type, deletion: readDelete(unread) };
    default:
      throw new Dropped("unsupported");
  }
}

async function take(ctx: Context, tools: Tools, { said, ...arrival }: Arrival): Promise<void> {
  switch (said.type) {
    case "Create":
      return await takeCreate(ctx, tools, { ...arrival, ...said });
    case "Update":
      return await takeUpdate(ctx, { ...arrival, ...said });
    case "Delete":
      return await takeDelete(ctx, { ...arrival, ...said });
  }
}

async function takeCreate(
  ctx: Context,
  tools: Tools,
  { note, actorUri, owner, digest }: Arrived<{ note: IncomingNote }>,
): Promise<void> {
  const { origin } = ctx.settings;
  const local = await tools.recipients.findLocal(note, owner);
  const author = await tools.actors.resolve(actorUri);
  const remote = await tools.recipients.findRemote(note, actorUri);
  const replied = note.inReplyTo === null ? null : parseLocalUri(origin, note.inReplyTo);
  const named = note.contexts.flatMap((uri) => parseLocalUri(origin, uri) ?? []);
  const now = ctx.now();
  await receiveMessage(ctx, {
    activity: { uri: note.activityUri, digest },
    authorId: author.id,
    uri: note.uri,
    recipientIds: [...local, ...remote],
    contexts: note.contexts.filter((uri) => !isOurs(origin, uri)),
    room: note.contexts.find((uri) => isSameOrigin(uri, note.uri)) ?? null,
    inReplyToUri: note.inReplyTo,
    local: {
      inReplyToId: replied?.kind === "message" ? replied.id : null,
      conversationIds: named.flatMap((thing) => (thing.kind === "conversation" ? thing.id : [])),
    },
    body: readBody(note.body),
    sentAt: note.sentAt === null || note.sentAt > now ? now : note.sentAt,
  });
}

async function takeUpdate(
  ctx: Context,
  { edit, actorUri, digest }: Arrived<{ edit: IncomingEdit }>,
): Promise<void> {
  const { activityUri, body, ...changed } = edit;
  const author = await findPersonByUri(ctx, actorUri);
  // Whoever never wrote to us has nothing here to change, and its text is not looked at.
  if (author === null || !(await isKnownMessage(ctx, edit.uri))) throw new Dropped("unknown_object");
  await receiveEdit(ctx, {
    activity: { uri: activityUri, digest },
    authorId: author.id,
    ...changed,
    body: readBody(body),
  });
}

async function takeDelete(
  ctx: Context,
  { deletion, actorUri, digest }: Arrived<{ deletion: IncomingDelete }>,
): Promise<void> {
  const { activityUri, uri } = deletion;
  if ((await findPersonByUri(ctx, uri)) !== null) throw new Dropped("unsupported"); // people are not messages
  const actor = await findPersonByUri(ctx, actorUri);
  await receiveDelete(ctx, {
    activity: { uri: activityUri, digest },
    actor: { id: actor?.id ?? null, uri: actorUri },
    uri,
  });
}
