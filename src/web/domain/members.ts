import { roles } from "#lib/permissions.ts";
import type { Member } from "#protocol/types.ts";
import { calledBy } from "./people.ts";

/** Those with a role first, each in the order in which they came; by what is typed of a name or an address. */
export function findMembers(members: readonly Member[], typed: string): Member[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return members
    .filter(({ person }) => calledBy(person).some((text) => text.toLocaleLowerCase().includes(wanted)))
    .toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
}
