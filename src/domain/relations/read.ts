import { findFolders, type FolderRow } from "#db/folders.ts";
import { findOpenInvitations, type ShownInvitation } from "#db/invitations.ts";
import { findKnownPerson, type KnownPerson, type PersonRow } from "#db/people.ts";
import { findRelation, findRelations, type RelationRow } from "#db/relations.ts";
import { Refusal } from "#lib/refusal.ts";
import type { PersonId } from "#lib/ids.ts";
import { loadPreferences, type Preferences } from "../preferences.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { accessPerson, type Pair } from "./change.ts";

/** What somebody's sessions hold besides conversations, as of the person's own number. */
export interface Own {
  number: number;
  /** Themselves, as others see them. */
  known: KnownPerson;
  relations: RelationRow[];
  preferences: Preferences;
  folders: FolderRow[];
  invitations: ShownInvitation[];
}

/** Loads what only a person's own sessions see. */
export async function readOwn(ctx: Context, personId: PersonId): Promise<Own> {
  return await snapshot(ctx, async (tx) => {
    const [known, relations, preferences, folders, invitations] = await Promise.all([
      findKnownPerson(tx, personId),
      findRelations(tx, personId),
      loadPreferences(tx, personId),
      findFolders(tx, personId),
      findOpenInvitations(tx, personId),
    ]);
    if (known === null) throw new Refusal("not_found");
    return { number: known.person.number, known, relations, preferences, folders, invitations };
  });
}

/** Loads how a person stands to another now, once they made a choice. */
export async function readRelation(ctx: Context, { personId, otherId }: Pair): Promise<RelationRow> {
  const row = await findRelation(ctx.db, personId, otherId);
  if (row === null) throw new Refusal("not_found");
  return row;
}

/** Loads somebody whom a person has met. */
export async function readMet(ctx: Context, pair: Pair): Promise<PersonRow> {
  return await snapshot(ctx, (tx) => accessPerson(tx, pair));
}
