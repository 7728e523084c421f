import type { Context } from "#domain/context.ts";
import { readLeft as loadLeft } from "#domain/moving/move-away.ts";
import type { Belongings } from "#domain/moving/take-in.ts";
import { findOurs, findPeopleByUris, noteStandIns } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { DocumentUnavailable, type Documents } from "./documents.ts";
import { standInFor } from "./stand-in.ts";
import type { PrivateDoor, PrivateRequest } from "./private-door.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { notFound, privateDocument } from "./responses.ts";
import { readLeft } from "./translate/left-in.ts";
import { translateLeft } from "./translate/left-out.ts";
import { isOurs, parseLocalUri } from "./uris.ts";

/** What one of our people leaves to another account, for that account and its server alone. */
export function serveLeft(ctx: Context, door: PrivateDoor, request: PrivateRequest): Promise<Response> {
  return door.open<"person">(request, async (id, readersAmong) => {
    const left = await loadLeft(ctx, id);
    const readers = await readersAmong([left.successor]);
    return readers.length === 0 ? notFound() : privateDocument(translateLeft(ctx.settings, left), 200);
  });
}

/** Fetches what somebody of another server brings along who moves here; nobody of it is looked up for it. Throws ActorUnavailable, Dropped. */
export async function fetchBelongings(
  { ctx, documents }: { ctx: Context; documents: Documents },
  { left, from, to }: { left: string; from: string; to: string },
): Promise<Belongings> {
  const said = readLeft(await fetchLeft(documents, left), { from, to });
  const keepers = said.groups.map(({ keeperUri }) => keeperUri);
  // Whom of our people they talk with, we know ourselves.
  const contacts = said.contacts.filter((uri) => !isOurs(ctx.settings.origin, uri));
  const people = await idsAt(ctx, [...contacts, ...said.blocked, ...keepers]);
  const idsOf = (uris: readonly string[]) => uris.flatMap((uri) => people.get(uri) ?? []);
  const groups = said.groups.flatMap(({ uri, keeperUri }) => {
    const keeperId = people.get(keeperUri);
    // What is kept here needs nobody's word.
    return keeperId === undefined || isOurs(ctx.settings.origin, uri) ? [] : [{ uri, keeperId }];
  });
  return { contactIds: idsOf(contacts), blockedIds: idsOf(said.blocked), groups };
}

async function fetchLeft(documents: Documents, left: string) {
  try {
    return (await documents.fetch(left)).document;
  } catch (error) {
    if (error instanceof DocumentUnavailable) throw new ActorUnavailable(error.temporary, { cause: error });
    throw error;
  }
}

/** Who is at some addresses: of ours those who are there; of others by what is known of them, and else by their address alone. */
async function idsAt(ctx: Context, uris: readonly string[]): Promise<Map<string, PersonId>> {
  const { origin } = ctx.settings;
  const ours = uris.flatMap((uri) => {
    const thing = isOurs(origin, uri) ? parseLocalUri(origin, uri) : null;
    return thing?.kind === "actor" ? [[uri, thing.id] as const] : [];
  });
  const present = new Set(
    (
      await findOurs(
        ctx,
        ours.map(([, id]) => id),
      )
    ).map(({ id }) => id),
  );
  const others = [...new Set(uris.filter((uri) => !isOurs(origin, uri)))];
  const known = await findPeopleByUris(ctx, others);
  const unknown = others.filter((uri) => !known.some((person) => person.uri === uri));
  const noted = await noteStandIns(
    ctx,
    unknown.map((uri) => standInFor(uri, undefined)),
  );
  return new Map([
    ...ours.filter(([, id]) => present.has(id)),
    ...[...known, ...noted].map((person) => [person.uri!, person.id] as const),
  ]);
}
