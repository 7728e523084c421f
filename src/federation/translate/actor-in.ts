import { z } from "zod";
import type { JsonObject } from "#lib/bounded-json.ts";
import { firstGraphemes } from "#lib/graphemes.ts";
import { hostOf, isSameOrigin } from "../uris.ts";
import { Dropped } from "./dropped.ts";
import { oneLine } from "./plain-text.ts";
import { address, list, reference } from "./values.ts";

export interface IncomingActor {
  readonly uri: string;
  readonly kind: "person" | "service" | "application";
  readonly handle: string;
  readonly name: string;
  readonly profileUrl: string | null;
  readonly inbox: string;
  /** Where their server takes what concerns everybody there. */
  readonly sharedInbox: string | null;
  /** Other actors whom they say they are, too. */
  readonly alsoKnownAs: readonly string[];
  /** Another actor whom they have become. */
  readonly movedTo: string | null;
  /** Where they say what they leave to that one, if their server is of our own kind. */
  readonly left: string | null;
  /** Where their server takes what is not stored, if it is one of our own kind. */
  readonly signals: string | null;
}

/** Groups are missing on purpose: nobody can have a private conversation with one. */
const kinds: Readonly<Record<string, IncomingActor["kind"]>> = {
  Person: "person",
  Service: "service",
  Organization: "service",
  Application: "application",
};

const link = z.union([address, z.looseObject({ href: address }).transform(({ href }) => href)]);
const actor = z.looseObject({
  id: address,
  type: list(z.string()),
  preferredUsername: z.string(),
  name: z.string().nullish().catch(null),
  url: list(link).catch([]),
  inbox: address,
  endpoints: z.looseObject({ sharedInbox: address }).nullish().catch(null),
  alsoKnownAs: list(reference).catch([]),
  movedTo: reference.nullish().catch(null),
  chatLeft: address.nullish().catch(null),
  chatSignals: address.nullish().catch(null),
});

const NAME_GRAPHEMES = 64;

/**
 * Reads another server's actor document. Refused (Dropped) are documents that are no actor's, inboxes on another
 * origin, by which we would be made to flood it, and names that could be taken for another address.
 */
export function readActor(document: JsonObject): IncomingActor {
  const parsed = actor.safeParse(document);
  if (!parsed.success) throw new Dropped("actor_refused");
  const {
    id,
    type,
    preferredUsername,
    name,
    url,
    inbox,
    endpoints,
    alsoKnownAs,
    movedTo,
    chatLeft,
    chatSignals,
  } = parsed.data;
  const kind = type.map((each) => kinds[each]).find((each) => each !== undefined);
  if (kind === undefined) throw new Dropped("recipient_not_actor");
  if (!isSameOrigin(inbox, id) || !isSane(preferredUsername, id)) throw new Dropped("actor_refused");
  const shown = firstGraphemes(oneLine(name ?? ""), NAME_GRAPHEMES).toWellFormed();
  const profileUrl = url[0] ?? null;
  const ofTheirs = (uri: string | null | undefined) => (uri != null && isSameOrigin(uri, id) ? uri : null);
  const [sharedInbox, signals] = [ofTheirs(endpoints?.sharedInbox), ofTheirs(chatSignals)];
  const moved = { alsoKnownAs, movedTo: movedTo ?? null, left: ofTheirs(chatLeft) };
  const about = { uri: id, kind, handle: preferredUsername, name: shown, profileUrl };
  return { ...about, inbox, sharedInbox, signals, ...moved };
}

/** Letters that have one look and no direction. */
export const handleForm = /^\w(?:[\w.-]{0,62}\w)?$/;

/** A server's own actor may be called like its host. */
function isSane(handle: string, id: string): boolean {
  return handleForm.test(handle) || handle === hostOf(id);
}
