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
}

/** Most numbers of a page that are looked at. */
const PAGE = 50;

/** Reads some numbers of the log of a group. Throws Dropped. */
export function readLogPage(document: JsonObject, room: string): SaidPage {
  const { attributedTo, partOf, chatSeq, orderedItems } = parse(pageFields, document);
  if (partOf !== `${room}/log`) throw new Dropped("malformed");
  const items = orderedItems.slice(0, PAGE).filter(isJsonObject);
  const of = { room, keeperUri: attributedTo };
  return { keeperUri: attributedTo, newest: chatSeq, entries: items.map((item) => readEntry(item, of)) };
}
