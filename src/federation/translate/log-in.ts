import { z } from "zod";
import { isJsonObject, type JsonObject } from "#lib/bounded-json.ts";
import { partOfRoom } from "../uris.ts";
import { checkId, parse, type Unread } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { count, readChange, type SaidChange } from "./room-in.ts";
import { address, isPair, list, reference } from "./values.ts";

/** A number in the log of a group that another server keeps. */
export interface SaidEntry {
  readonly seq: number;
  readonly epoch: number;
  /** Nothing; what an author said; or what the keeper decided, and for whom. */
  readonly said:
    | { readonly kind: "nothing" }
    | { readonly kind: "activity"; readonly uri: string; readonly digest: string | null }
    | { readonly kind: "decision"; readonly change: SaidChange; readonly byUri: string | null };
}

export interface IncomingEntry extends SaidEntry {
  readonly room: string;
}

const entryFields = z.looseObject({
  id: address,
  actor: reference.optional(),
  chatSeq: count.positive(),
  chatEpoch: count,
  chatDigest: z.string().max(200).nullish(),
  object: z.unknown().optional(),
  target: reference,
});
const byField = z.looseObject({ chatBy: address.nullish() });

/** Reads an `Add` to a log, whose group must be on the signer's server. Throws Dropped. */
export function readLogEntry(unread: Unread): IncomingEntry {
  const { target } = parse(entryFields, unread.activity);
  const found = partOfRoom(target);
  if (found?.part !== "log") throw new Dropped("unsupported");
  checkId(unread, found.room);
  return {
    room: found.room,
    ...readEntry(unread.activity, { room: found.room, keeperUri: unread.actorUri }),
  };
}

function readEntry(entry: JsonObject, { room, keeperUri }: { room: string; keeperUri: string }): SaidEntry {
  const { id, chatSeq: seq, chatEpoch: epoch, chatDigest, object, target } = parse(entryFields, entry);
  if (target !== `${room}/log` || id !== `${target}/${seq}`) throw new Dropped("malformed");
  if (object === undefined || object === null) return { seq, epoch, said: { kind: "nothing" } };
  if (!isJsonObject(object)) {
    const uri = parse(address, object);
    return { seq, epoch, said: { kind: "activity", uri, digest: chatDigest ?? null } };
  }
  const decided = readChange(object);
  if (decided.room !== room) throw new Dropped("malformed");
  const { change } = decided;
  if (change.kind === "deleted" && !isPair(change.messageUri, keeperUri)) throw new Dropped("malformed");
  const byUri = parse(byField, object).chatBy ?? null;
  return { seq, epoch, said: { kind: "decision", change, byUri } };
}

const pageFields = z.looseObject({
  attributedTo: reference,
  partOf: reference,
  chatSeq: count,
  orderedItems: list(z.unknown()),
});

/** Some numbers of a log, and the newest that there is. */
export interface SaidPage {
  readonly keeperUri: string;
  readonly newest: number;
  readonly entries: readonly SaidEntry[];
  /** How many of them make no sense: their numbers are taken, and stand for nothing here. */
  readonly unreadable: number;
}

/** Most numbers of a page that are looked at. */
const PAGE = 50;

/** Reads some numbers of the log of a group. Throws Dropped. */
export function readLogPage(document: JsonObject, room: string): SaidPage {
  const { attributedTo, partOf, chatSeq, orderedItems } = parse(pageFields, document);
  if (partOf !== `${room}/log`) throw new Dropped("malformed");
  const entries: SaidEntry[] = [];
  let unreadable = 0;
  for (const item of orderedItems.slice(0, PAGE)) {
    const entry = readable(item, { room, keeperUri: attributedTo });
    if (entry === null) unreadable += 1;
    const instead = entry ?? insteadOf(item, entries.at(-1));
    if (instead !== null) entries.push(instead);
  }
  return { keeperUri: attributedTo, newest: chatSeq, entries, unreadable };
}

function readable(item: unknown, of: { room: string; keeperUri: string }): SaidEntry | null {
  try {
    return isJsonObject(item) ? readEntry(item, of) : null;
  } catch (error) {
    if (error instanceof Dropped) return null;
    throw error;
  }
}

const numberFields = z.looseObject({ chatSeq: count.positive() });

/** One entry that makes no sense must not keep the others away: its number is what it says, or the one after the last. */
function insteadOf(item: unknown, last: SaidEntry | undefined): SaidEntry | null {
  const seq = numberFields.safeParse(item).data?.chatSeq ?? (last === undefined ? null : last.seq + 1);
  return seq === null ? null : { seq, epoch: last?.epoch ?? 0, said: { kind: "nothing" } };
}
