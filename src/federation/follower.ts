import { createHash } from "node:crypto";
import {
  followedRoom,
  hastenReplicas,
  postponeReplica,
  takeDueReplicas,
  takeMissing,
  settleMissing,
  type Missing,
} from "#domain/groups/follow-up.ts";
import type { Context } from "#domain/context.ts";
import type { ConversationId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import { catchUp } from "./catch-up.ts";
import { digestOf } from "./digest.ts";
import { DocumentUnavailable } from "./documents.ts";
import type { Tools } from "./inbound/handler.ts";
import { readInbound } from "./inbound/table.ts";
import { actorOf, withoutProofs } from "./inbox-guard-activity.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import {
  isAboutItself,
  namesOrigin,
  readObjectType,
  readType,
  type Unread,
} from "./translate/activity-in.ts";
import { Dropped } from "./translate/dropped.ts";
import { isOurs, isSameOrigin } from "./uris.ts";

/** What of groups elsewhere did not come by itself is asked for. */
export interface Follower {
  start(): void;
  stop(): Promise<void>;
}

/** How often is looked for what is due (milliseconds). */
const LOOK_MS = 2_000;

/** Makes the follower of this process. It never throws: what fails is tried again later. */
export function createFollower(ctx: Context, tools: Tools): Follower {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = true;
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const [replicas, missing] = await Promise.all([takeDueReplicas(ctx), takeMissing(ctx)]);
      await Promise.all([
        ...replicas.map((replica) => guarded(() => followUp(tools, replica))),
        ...missing.map((one) => guarded(() => fetchMissing(tools, one))),
      ]);
    } catch (error) {
      log("federation").error("cannot look for what is missing of groups", { error });
    }
    if (!isStopped) timer = setTimeout(again, LOOK_MS);
  }

  function again(): void {
    looking = look();
  }

  return {
    start: () => {
      isStopped = false;
      looking = guarded(() => hastenReplicas(ctx)).then(look);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log("federation").error("what is missing of a group could not be had", { error });
  }
}

/** Asks the server that keeps a group for the numbers after those that are here; later again if it has none. */
async function followUp(
  tools: Tools,
  { conversationId, attempts }: { conversationId: ConversationId; attempts: number },
): Promise<void> {
  const { ctx } = tools;
  const followed = await followedRoom(ctx, conversationId);
  const isAhead = followed !== null && (await catchUp(tools, followed)) === "ahead";
  if (!isAhead) await postponeReplica(ctx, { conversationId, attempts: attempts + 1 });
}

/** Fetches what an author said from their server, and takes it as if it had come from there. */
async function fetchMissing(tools: Tools, missing: Missing): Promise<void> {
  const { ctx, documents } = tools;
  const { origin } = ctx.settings;
  if (isOurs(origin, missing.uri)) return await settleMissing(ctx, missing, "withheld");
  try {
    const { id, document } = await documents.fetch(missing.uri);
    const activity = withoutProofs(document);
    const canonical = digestOf(activity);
    const actorUri = actorOf(activity);
    const isSame = missing.digest === null || missing.digest === canonical;
    if (
      id !== missing.uri ||
      !isSame ||
      actorUri === undefined ||
      !isOfMessage({ origin, actorUri, activity }, id)
    )
      return await settleMissing(ctx, missing, "later");
    const digest = createHash("sha256").update(canonical).digest("base64url");
    await readInbound({ origin, actorUri, activity })(tools, { actorUri, digest, canonical, owner: null });
    await settleMissing(ctx, missing, "taken");
  } catch (error) {
    // What is not for us is answered as what is not there: it may be for us later, until it has been asked for long enough.
    if (error instanceof DocumentUnavailable && error.status === 410)
      return await settleMissing(ctx, missing, "withheld");
    const isLater =
      error instanceof DocumentUnavailable || error instanceof ActorUnavailable || error instanceof Refusal;
    if (isLater) return await settleMissing(ctx, missing, "later");
    if (!(error instanceof Dropped)) throw error;
    await settleMissing(ctx, missing, "taken");
  }
}

const deeds = ["Create", "Update", "Delete"];
const objects = ["Note", "ChatMessage", "Tombstone"];

/** Whether something that nobody signed tells of a message of its author's own server: of nothing else a log is believed. */
function isOfMessage({ origin, actorUri, activity }: Unread, id: string): boolean {
  if (isOurs(origin, id) || !isSameOrigin(id, actorUri) || !deeds.includes(readType(activity))) return false;
  if (namesOrigin(activity)) return false;
  const type = readObjectType(activity);
  const isNamed = type === null && readType(activity) === "Delete";
  return (isNamed || (type !== null && objects.includes(type))) && !isAboutItself({ actorUri, activity });
}
