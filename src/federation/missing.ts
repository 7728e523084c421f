import { createHash } from "node:crypto";
import { isLongMissing, settleMissing, type Missing, type MissingOutcome } from "#domain/groups/follow-up.ts";
import { Refusal } from "#lib/refusal.ts";
import { takeCopy } from "./copies.ts";
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

/** Fetches what the log of a group names and its author did not send, and writes what became of it. */
export async function fetchMissing(tools: Tools, missing: Missing): Promise<void> {
  await settleMissing(tools.ctx, missing, await seek(tools, missing));
}

async function seek(tools: Tools, missing: Missing): Promise<MissingOutcome> {
  if (isOurs(tools.ctx.settings.origin, missing.uri)) return "withheld";
  try {
    return await takeFromOrigin(tools, missing);
  } catch (error) {
    if (error instanceof Dropped) return "taken";
    if (error instanceof ActorUnavailable || error instanceof Refusal) return "later";
    if (!(error instanceof DocumentUnavailable)) throw error;
    // Its own server says that it is deleted.
    if (error.status === 410) return "withheld";
    // What is not for us is answered as what is not there: it may be for us later, until it has been asked for long enough.
    const isTaken = isLongMissing(tools.ctx, missing) && (await takeCopy(tools, missing, error));
    return isTaken ? "taken" : "later";
  }
}

/** Fetches what an author said from their server, and takes it as if it had come from there. */
async function takeFromOrigin(tools: Tools, { uri, digest }: Missing): Promise<MissingOutcome> {
  const { origin } = tools.ctx.settings;
  const { id, document } = await tools.documents.fetch(uri);
  const activity = withoutProofs(document);
  const canonical = digestOf(activity);
  const actorUri = actorOf(activity);
  const isSame = id === uri && (digest === null || digest === canonical);
  if (!isSame || actorUri === undefined || !isOfMessage({ origin, actorUri, activity }, id)) return "later";
  const bytes = createHash("sha256").update(canonical).digest("base64url");
  await readInbound({ origin, actorUri, activity })(tools, {
    actorUri,
    digest: bytes,
    canonical,
    isDoubtful: false,
    owner: null,
  });
  return "taken";
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
