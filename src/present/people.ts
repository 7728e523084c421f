import type { PersonRow } from "#domain/people.ts";
import type { Person } from "#protocol/types.ts";

/** What a presenter must know of this server. */
export interface Place {
  /** `https://a.example` */
  readonly origin: string;
  /** `a.example` */
  readonly host: string;
}

/** A person as those who share a conversation with them see them. */
export function presentPerson(place: Place, row: PersonRow): Person {
  const { id, handle, host } = row;
  return {
    id,
    handle,
    host,
    address: `@${handle}@${host ?? place.host}`,
    name: row.name === "" ? handle : row.name,
    profileUrl: row.profileUrl ?? row.uri ?? `${place.origin}/@${handle}`,
  };
}
