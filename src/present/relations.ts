import type { RelationRow } from "#domain/relations/change.ts";
import type { Own as OwnRows } from "#domain/relations/read.ts";
import type { Own } from "#protocol/api.ts";
import type { Relation } from "#protocol/types.ts";
import { presentFolder } from "./list.ts";
import { presentInvitation } from "./invitations.ts";
import { presentPerson, type Place } from "./people.ts";
import { presentPreferences } from "./preferences.ts";

/** How somebody stands to another, for themselves. */
export function presentRelation(row: RelationRow): Relation {
  return {
    personId: row.otherId,
    block: row.block,
    muted: row.mutedAt !== null,
    mutedUntil: row.mutedUntil?.toISOString() ?? null,
  };
}

/** What only somebody's own sessions see besides conversations. */
export function presentOwn(place: Place, own: OwnRows): Own {
  const { number, known, relations, preferences, folders, invitations } = own;
  return {
    number,
    person: presentPerson(place, known.person, known.successor),
    relations: relations.map(presentRelation),
    preferences: presentPreferences(preferences),
    folders: folders.map(presentFolder),
    invitations: invitations.map((shown) => presentInvitation(place, shown)),
  };
}
