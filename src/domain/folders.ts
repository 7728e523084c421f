import { findFolders, insertFolder, rankFolders, updateFolder, type FolderRow } from "#db/folders.ts";
import type { Transaction } from "#db/connect.ts";
import { lockPeople, takeNumber } from "#db/people.ts";
import { countGraphemes } from "#lib/graphemes.ts";
import { newId, type FolderId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { record, transact } from "./transact.ts";

export type { FolderRow };

/** Most folders of one person. */
const FOLDERS = 50;
/** Most characters of a folder's name, as people count them. */
const NAME_GRAPHEMES = 50;

interface OfFolder {
  personId: PersonId;
  folderId: FolderId;
}

/** Somebody's folders now, in their order. */
export async function listFolders(ctx: Context, personId: PersonId): Promise<FolderRow[]> {
  return await findFolders(ctx.db, personId);
}

/** Makes a folder behind the others. Refuses more than fifty. */
export async function createFolder(
  ctx: Context,
  { personId, name }: { personId: PersonId; name: string },
): Promise<FolderRow> {
  checkName(name);
  return await transact(ctx, async (tx) => {
    await lockPeople(tx, [personId]);
    const others = await findFolders(tx, personId);
    if (others.length >= FOLDERS) throw new Refusal("too_many_folders");
    const number = await note(tx, personId);
    const row = { id: newId<"folder">(), personId, name, rank: others.length, deletedAt: null, number };
    await insertFolder(tx, row);
    return row;
  });
}

/** Gives a folder another name, or another place among the others. What is as it was changes nothing. */
export async function changeFolder(
  ctx: Context,
  input: OfFolder & { change: { name?: string; rank?: number } },
): Promise<FolderRow> {
  const { personId, folderId, change } = input;
  if (change.name !== undefined) checkName(change.name);
  return await transact(ctx, async (tx) => {
    const { folder, others } = await lockFolder(tx, input);
    const name = change.name ?? folder.name;
    const rank = Math.min(change.rank ?? folder.rank, others.length);
    if (name === folder.name && rank === folder.rank) return folder;
    const number = await note(tx, personId);
    await updateFolder(tx, folderId, { name, number });
    await rankFolders(
      tx,
      others.toSpliced(rank, 0, folder).map(({ id }) => id),
    );
    return { ...folder, name, rank, number };
  });
}

/** Deletes a folder; what lies in it stays where it is otherwise. */
export async function deleteFolder(ctx: Context, input: OfFolder): Promise<void> {
  await transact(ctx, async (tx) => {
    const { others } = await lockFolder(tx, input);
    const number = await note(tx, input.personId);
    await updateFolder(tx, input.folderId, { deletedAt: ctx.now(), number });
    await rankFolders(
      tx,
      others.map(({ id }) => id),
    );
  });
}

/** One of somebody's folders, and the others. */
async function lockFolder(tx: Transaction, { personId, folderId }: OfFolder) {
  await lockPeople(tx, [personId]);
  const all = await findFolders(tx, personId);
  const folder = all.find(({ id }) => id === folderId);
  if (folder === undefined) throw new Refusal("not_found");
  return { folder, others: all.filter((one) => one !== folder) };
}

async function note(tx: Transaction, personId: PersonId): Promise<number> {
  const number = await takeNumber(tx, personId);
  record(tx, "folders.changed", { personId, number });
  return number;
}

function checkName(name: string): void {
  if (countGraphemes(name) > NAME_GRAPHEMES) throw new Refusal("too_long", { field: "name" });
}
