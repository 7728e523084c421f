import { z } from "zod";
import { isJsonObject, type JsonObject } from "#lib/bounded-json.ts";
import { copyUri } from "../uris.ts";
import { parse } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { readCreate, type IncomingNote } from "./note-in.ts";
import { address, reference, type } from "./values.ts";
import { count } from "./room-in.ts";

/** Of what a copy is asked for. */
export interface Wanted {
  /** Our public origin. */
  readonly origin: string;
  readonly room: string;
  readonly keeperUri: string;
  readonly seq: number;
  /** The `Create` that the log names. */
  readonly activityUri: string;
}

const copyFields = z.looseObject({
  id: address,
  attributedTo: reference,
  context: reference,
  chatSeq: count,
});
const saidFields = z.looseObject({ type, attributedTo: address });

/**
 * Reads what the server that keeps a group has of a message: as its author's own `Create` would be read, who must be on the
 * server of the activity that the log names. Throws Dropped.
 */
export function readCopy(document: JsonObject, wanted: Wanted): { note: IncomingNote; authorUri: string } {
  const { id, attributedTo, context, chatSeq } = parse(copyFields, document);
  const { origin, room, keeperUri, seq, activityUri } = wanted;
  if (id !== copyUri(room, seq) || context !== room || chatSeq !== seq) throw new Dropped("malformed");
  if (attributedTo !== keeperUri) throw new Dropped("not_attributed");
  const object = document["chatCopy"];
  if (!isJsonObject(object)) throw new Dropped("malformed");
  const said = parse(saidFields, object);
  if (said.type !== "Note") throw new Dropped("unsupported");
  const { attributedTo: authorUri } = said;
  const activity = { id: activityUri, type: "Create", actor: authorUri, to: object["to"] ?? [], object };
  return { note: readCreate({ origin, actorUri: authorUri, activity }), authorUri };
}
