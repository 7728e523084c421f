import type { Context } from "#domain/context.ts";
import { findLocalPerson } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { digestOf } from "./digest.ts";
import type { Counters } from "./counters.ts";
import type { Documents } from "./documents.ts";
import { createInOrder, type InOrderLimits } from "./in-order.ts";
import type { Arrival, Take, Tools } from "./inbound/handler.ts";
import { readInbound } from "./inbound/table.ts";
import { judge, type InboxAnswer } from "./inbox-answer.ts";
import { GuardRefusal, type InboxGuard, type InboxRequest } from "./inbox-guard.ts";
import { createNewcomers } from "./newcomers.ts";
import { createRecipients } from "./recipients.ts";
import type { RemoteActors } from "./remote-actors.ts";
import type { RemoteKeys } from "./remote-keys.ts";
import { hostOf } from "./uris.ts";

/** Activities that wait, with those under way: of one actor, of the actors of one host, and of everybody. */
const WAITING: InOrderLimits = { perKey: 50, perGroup: 100, all: 500 };

/** Where other servers' activities come in. */
export interface Inbox {
  /** Takes a request for the inbox of `owner`, or for the shared one (null). Never throws: 5xx lets the sender retry. */
  receive(request: InboxRequest, owner: PersonId | null): Promise<InboxAnswer>;
  /** With what activities are taken, also those that are fetched. */
  readonly tools: Tools;
}

export interface InboxOptions {
  readonly guard: InboxGuard;
  readonly actors: RemoteActors;
  readonly keys: RemoteKeys;
  readonly counters: Counters;
  readonly documents: Documents;
  readonly waiting?: InOrderLimits;
}

/** Makes the inbox: guard, translate, look up what is missing, hand over to the domain, 202 after its commit. */
export function createInbox(ctx: Context, options: InboxOptions): Inbox {
  const { guard, actors, keys, counters, documents } = options;
  const inOrder = createInOrder(options.waiting ?? WAITING);
  const hearing = { ctx, actors, documents };
  const [recipients, newcomers] = [createRecipients(ctx, actors), createNewcomers(hearing)];
  const tools: Tools = { ...hearing, keys, recipients, newcomers };

  async function receive(request: InboxRequest, owner: PersonId | null): Promise<InboxAnswer> {
    const about: { actorId?: string } = {};
    try {
      const { take, ...arrival } = await admit(request, owner, about);
      const place = { key: arrival.actorUri, group: hostOf(arrival.actorUri) ?? "" };
      await inOrder.run(place, () => take(tools, arrival));
      counters.count("accepted");
      return { status: 202 };
    } catch (error) {
      const { status, reason, retryAfter, error: code } = judge(error);
      const fields = { status, reason, count: counters.count(reason), ...about };
      if (status === 500) log("federation").error("an activity could not be taken", { ...fields, error });
      else if (isMilestone(fields.count)) log("federation").info("activities are not taken", fields);
      else log("federation").debug("an activity was not taken", fields);
      return { status, retryAfter, error: code };
    }
  }

  /** What then waits is what was read here, of a bounded size: the request and the whole activity are given up. */
  async function admit(
    request: InboxRequest,
    ownerId: PersonId | null,
    about: { actorId?: string },
  ): Promise<Arrival & { take: Take }> {
    const { activity, actorUri, digest, isDoubtful = false } = await guard.guard(request);
    about.actorId = actorUri;
    // Only now, so that whoever proves nothing costs no query.
    const owner = ownerId === null ? null : await findLocalPerson(ctx, { id: ownerId });
    if (owner === null && ownerId !== null) throw new GuardRefusal(404, "no_such_inbox");
    const take = readInbound({ origin: ctx.settings.origin, actorUri, activity });
    return { actorUri, isDoubtful, digest, canonical: digestOf(activity), owner, take };
  }

  return { receive, tools };
}

/** 1, 10, 100, ...: what strangers can cause at will must not fill the log. */
function isMilestone(count: number): boolean {
  return /^10*$/.test(String(count));
}
