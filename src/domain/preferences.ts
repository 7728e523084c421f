import type { Queryable } from "#db/connect.ts";
import { findPreference, upsertPreference, type NewPreference } from "#db/preferences.ts";
import { findPersonById, takeNumber } from "#db/people.ts";
import { countGraphemes } from "#lib/graphemes.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { record, transact } from "./transact.ts";
import { checkVoice } from "./voice.ts";

/** Most characters of a status, as people count them. */
export const STATUS_GRAPHEMES = 100;

/** What a person says about themselves, until a moment or for good. */
export interface Status {
  text: string;
  until: Date | null;
}

/** What a person chose for all their conversations. */
export interface Preferences {
  receipts: boolean;
  typing: boolean;
  presence: boolean;
  /** Seen as offline by everybody, while seeing them. */
  invisible: boolean;
  status: Status | null;
}

/** What somebody chose; without a choice everything is shared. */
export async function loadPreferences(q: Queryable, personId: PersonId): Promise<Preferences> {
  const row = await findPreference(q, personId);
  if (row === null) return { receipts: true, typing: true, presence: true, invisible: false, status: null };
  const { receipts, typing, presence, invisible, statusText: text, statusUntil: until } = row;
  return { receipts, typing, presence, invisible, status: text === null ? null : { text, until } };
}

/** What somebody chose, as it is now. */
export async function readPreferences(ctx: Context, personId: PersonId): Promise<Preferences> {
  return await loadPreferences(ctx.db, personId);
}

export interface ChangePreferences {
  personId: PersonId;
  /** Only what is to change. */
  change: Partial<Preferences>;
}

/** Changes some of a person's choices; what is as it was changes nothing. Refuses a status that is too long, and one at all as `checkVoice` does. */
export async function changePreferences(ctx: Context, input: ChangePreferences): Promise<Preferences> {
  const { personId, change } = input;
  const text = change.status?.text ?? "";
  if (countGraphemes(text) > STATUS_GRAPHEMES) throw new Refusal("too_long", { field: "status.text" });
  return await transact(ctx, async (tx) => {
    const before = await loadPreferences(tx, personId);
    const after = { ...before, ...change };
    if (isSame(before, after)) return before;
    const person = text === "" ? null : await findPersonById(tx, personId);
    if (person !== null) await checkVoice(ctx, tx, person);
    const number = await takeNumber(tx, personId);
    await upsertPreference(tx, { personId, number, ...columnsOf(change) });
    record(tx, "preferences.changed", { personId, number });
    return after;
  });
}

function columnsOf({ status, ...choices }: Partial<Preferences>): Partial<NewPreference> {
  if (status === undefined) return choices;
  return { ...choices, statusText: status?.text ?? null, statusUntil: status?.until ?? null };
}

function isSame({ status: one, ...before }: Preferences, { status: other, ...after }: Preferences): boolean {
  const names = Object.keys(before) as (keyof typeof before)[];
  const sameStatus =
    one?.text === other?.text && (one?.until?.getTime() ?? null) === (other?.until?.getTime() ?? null);
  return sameStatus && names.every((name) => before[name] === after[name]);
}
