import type { Context } from "#domain/context.ts";
import {
  nextDeliveries,
  releaseLanes,
  storeActivityBody,
  type Lane,
  type WaitingDelivery,
} from "#domain/lanes.ts";
import { describeActivity } from "#domain/outgoing/describe.ts";
import { isOfMessage, isOfSelf } from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import { settleDeliveries, type Outcome, type Settlement } from "#domain/settle.ts";
import { createBatch } from "#lib/batch.ts";
import { log } from "#lib/log.ts";
import { signingActor } from "./actors.ts";
import { outcomeOf, outcomeOfError } from "./outcomes.ts";
import type { RemoteActors } from "./remote-actors.ts";
import { sayActivity } from "./say.ts";
import type { Signing } from "./sign.ts";

/** A lane that is busy longer is given back between two deliveries: others wait too. */
const WORK_MS = 30_000;

export interface LaneRunOptions {
  readonly signing: Signing;
  readonly actors: RemoteActors;
  readonly isStopped: () => boolean;
  /** Runs what may have to wait for another server. */
  readonly patiently: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Makes what sends the deliveries of a leased lane, in order. It never throws: what it cannot write down is done again
 * after the lease. What lanes that run at once ask of the database goes together.
 */
export function createLaneRun(ctx: Context, options: LaneRunOptions): (lane: Lane) => Promise<void> {
  const { isStopped, patiently } = options;
  const next = createBatch((lanes: readonly Lane[]) => nextDeliveries(ctx, lanes));
  const settle = createBatch((settlements: readonly Settlement[]) => settleDeliveries(ctx, settlements));
  const release = createBatch(async (lanes: readonly Lane[]) => {
    await releaseLanes(ctx, lanes);
    return lanes;
  });
  const attempt = createAttempt(ctx, options);

  return async (lane) => {
    const end = ctx.now().getTime() + WORK_MS;
    try {
      while (!isStopped() && ctx.now().getTime() < end) {
        const delivery = await next(lane);
        if (delivery === null) break;
        const outcome = await patiently(() => attempt(delivery));
        if (outcome === null) break;
        await ctx.failpoint("after-post-before-mark");
        const { goOn } = await settle({ lane, deliveryId: delivery.id, outcome });
        if (!goOn) return;
      }
      await release(lane);
    } catch (error) {
      const { host, streamId } = lane;
      log("federation").error("a lane broke off", { host, streamId, error });
    }
  };
}

/** Sends one activity to one inbox. Null when the server is stopping and nothing was learnt. */
function createAttempt(
  ctx: Context,
  { signing, actors }: LaneRunOptions,
): (delivery: WaitingDelivery) => Promise<Outcome | null> {
  const bodies = new Map<string, Promise<string | null>>();

  /** The bytes of an activity, made once for all who have what it answers, and once for those who do not. */
  function bodyOf(delivery: WaitingDelivery): Promise<string | null> {
    const { body, activityId, lacksParent } = delivery;
    if (body !== null) return Promise.resolve(body);
    const name = `${activityId} ${lacksParent}`;
    const making = bodies.get(name) ?? make(delivery).finally(() => bodies.delete(name));
    bodies.set(name, making);
    return making;
  }

  async function make({ id, activityId, lacksParent }: WaitingDelivery): Promise<string | null> {
    const described = await describeActivity(ctx, activityId, { lacksParent });
    const body = JSON.stringify(await sayActivity(ctx, described));
    const quotes = isOfMessage(described) && described.quote !== null;
    return await storeActivityBody(ctx, { deliveryId: id, activityId, lacksParent, quotes, body });
  }

  return async (delivery) => {
    try {
      const url = await inboxFor(actors, delivery);
      if (url === null) return { state: "refused", reason: "recipient_gone" };
      const [body, actor] = await Promise.all([bodyOf(delivery), signingActor(ctx, delivery.actorId)]);
      if (body === null) return null;
      const response = await signing.post({ url, body, actor });
      return outcomeOf(response, ctx.now());
    } catch (error) {
      const fields = { deliveryId: String(delivery.id), host: delivery.recipient.host ?? "" };
      return outcomeOfError(error, fields);
    }
  };
}

/** Where an activity goes: to somebody, as long as they are there; or to their server, where it is one for servers. */
async function inboxFor(actors: RemoteActors, { type, recipient }: WaitingDelivery): Promise<string | null> {
  if (isOfSelf(type) && recipient.sharedInbox !== null) return recipient.sharedInbox;
  const { inbox, state } = await completed(actors, recipient);
  return state === "active" ? inbox : null;
}

/** Somebody of whom only the address was known so far is looked up now. */
async function completed(actors: RemoteActors, recipient: PersonRow): Promise<PersonRow> {
  const { uri, inbox, fetchedAt } = recipient;
  return uri !== null && inbox === null && fetchedAt === null ? await actors.resolve(uri) : recipient;
}
