import type { Folder } from "#protocol/types.ts";

/** Folders after one of them was put at a place among the others, from 0. */
export function placeFolder(folders: readonly Folder[], id: string, place: number): Folder[] {
  const moved = folders.filter((folder) => folder.id === id);
  const others = folders.filter((folder) => folder.id !== id);
  return others.toSpliced(place, 0, ...moved).map((folder, rank) => ({ ...folder, rank }));
}

/** The place at which a folder comes to lie that is dragged to a height: as many as have their middles above it. */
export function placeAt(height: number, middles: readonly number[]): number {
  return middles.filter((middle) => middle < height).length;
}
