import type { Context } from "#domain/context.ts";
import { findPersonByUri } from "#domain/people.ts";
import { receiveDelete, receiveEdit, receiveMessage } from "#domain/receive.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Counters } from "./counters.ts";
import { createInOrder } from "./in-order.ts";
import { GuardRefusal, type InboxGuard, type InboxRequest } from "./inbox-guard.ts";
import { createRecipients, type Recipients } from "./recipients.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import { readCreate, readDelete, readType, readUpdate, type Unread } from "./translate/note-in.ts";
import { isOurs, isSameOrigin, parseLocalUri } from "./uris.ts";

/** After how many seconds a sender shall come again whose message could not be taken for want of somebody's document. */
const RETRY_AFTER_S = 60;

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
}

/** Makes the inbox: guard, translate, look up what is missing, hand over to the domain, 202 after its commit. */
export function createInbox(ctx: Context, options: InboxOptions): Inbox {
  const { guard, actors, counters } = options;
  const inOrder = createInOrder();
  const tools = { actors, recipients: createRecipients(ctx, actors) };

  async function receive(request: InboxRequest, owner: PersonId | null): Promise<InboxAnswer> {
    let actorId: string | undefined;
    try {
      const guarded = await guard.guard(request);
      actorId = guarded.actorUri;
      const arrival = { ...guarded, origin: ctx.settings.origin, owner };
      await inOrder.run(guarded.actorUri, () => dispatch(ctx, tools, arrival));
      counters.count("accepted");
      return { status: 202 };
    } catch (error) {
      const { status, reason, retryAfter } = judge(error);
      const fields = {
        status,
        reason,
        count: counters.count(reason),
        ...(actorId === undefined ? {} : { actorId }),
      };
      if (status === 500) log("federation").error("an activity could not be taken", { ...fields, error });
      else if (isMilestone(fields.count)) log("federation").info("activities are not taken", fields);
      else log("federation").debug("an activity was not taken", fields);
      return { status, retryAfter };
    }
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

interface Arrival extends Unread {
  readonly digest: string;
  readonly owner: PersonId | null;
}

async function dispatch(ctx: Context, tools: Tools, arrival: Arrival): Promise<void> {
  switch (readType(arrival.activity)) {
    case "Create":
      return await takeCreate(ctx, tools, arrival);
    case "Update":
      return await takeUpdate(ctx, arrival);
    case "Delete":
      return await takeDelete(ctx, arrival);
    default:
      throw new Dropped("unsupported");
  }
}

async function takeCreate(ctx: Context, tools: Tools, arrival: Arrival): Promise<void> {
  const { origin, actorUri } = arrival;
  const note = readCreate(arrival);
  const local = await tools.recipients.findLocal(note, arrival.owner);
  const author = await tools.actors.resolve(actorUri);
  const remote = await tools.recipients.findRemote(note, actorUri);
  const replied = note.inReplyTo === null ? null : parseLocalUri(origin, note.inReplyTo);
  const named = note.contexts.flatMap((uri) => parseLocalUri(origin, uri) ?? []);
  const now = ctx.now();
  await receiveMessage(ctx, {
    activity: { uri: note.activityUri, digest: arrival.digest },
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
    body: note.body,
    sentAt: note.sentAt === null || note.sentAt > now ? now : note.sentAt,
  });
}

async function takeUpdate(ctx: Context, arrival: Arrival): Promise<void> {
  const { activityUri, ...edit } = readUpdate(arrival);
  const author = await findPersonByUri(ctx, arrival.actorUri);
  // Whoever never wrote to us has nothing here to change.
  if (author === null) throw new Dropped("unknown_object");
  await receiveEdit(ctx, {
    activity: { uri: activityUri, digest: arrival.digest },
    authorId: author.id,
    ...edit,
  });
}

async function takeDelete(ctx: Context, arrival: Arrival): Promise<void> {
  const { activityUri, uri } = readDelete(arrival);
  if ((await findPersonByUri(ctx, uri)) !== null) throw new Dropped("unsupported"); // people are not messages
  const actor = await findPersonByUri(ctx, arrival.actorUri);
  await receiveDelete(ctx, {
    activity: { uri: activityUri, digest: arrival.digest },
    actor: { id: actor?.id ?? null, uri: arrival.actorUri },
    uri,
  });
}
