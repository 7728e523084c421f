import type { KnownPerson, PersonRow } from "#domain/people.ts";
import type { Person } from "#protocol/types.ts";

/** What a presenter must know of this server. */
export interface Place {
  /** `https://a.example` */
  readonly origin: string;
  /** `a.example` */
  readonly host: string;
}

/** A person as those who share a conversation with them see them. */
export function presentPerson(
  place: Place,
  row: PersonRow,
  successor: KnownPerson["successor"] = null,
): Person {
  const { id, kind, handle, host, formerHandle } = row;
  const isDeleted = row.state === "deleted";
  return {
    id,
    kind: kind === "person" ? "person" : "service",
    state: isDeleted ? "deleted" : "active",
    handle,
    host,
    address: addressOf(place, row),
    formerly: formerHandle === null ? null : addressOf(place, { handle: formerHandle, host }),
    movedTo: isDeleted || successor === null ? null : addressOf(place, successor),
    name: row.name === "" && !isDeleted ? handle : row.name,
    profileUrl: row.profileUrl ?? row.uri ?? `${place.origin}/@${handle}`,
  };
}

function addressOf(place: Place, { handle, host }: Pick<PersonRow, "handle" | "host">): string {
  return `@${handle}@${host ?? place.host}`;
}
