import type { EmojiChoice } from "./reactions.ts";

/** One emoji, its name, and more words by which it is found. */
export type NamedEmoji = readonly [emoji: string, name: string, words: string];
/** The groups of Unicode, in its order. */
export type EmojiGroups = readonly (readonly NamedEmoji[])[];

/** An emoji as the picker offers it. */
export interface Offered extends EmojiChoice {
  name: string;
  words: string;
}

const mostFound = 70;
const mostRecent = 14;

/** An emoji of Unicode as the picker offers it. */
export function offer([emoji, name, words]: NamedEmoji): Offered {
  return { emoji, url: null, name, words };
}

/** Whose name or words begin with what is typed; the names that begin with it come first. */
export function searchEmoji(all: readonly Offered[], typed: string): Offered[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const rank = ({ emoji, name, words }: Offered) => {
    const full = name.toLocaleLowerCase();
    if (emoji === wanted || full.startsWith(wanted)) return 0;
    if (full.includes(wanted)) return 1;
    return words.toLocaleLowerCase().includes(wanted) ? 2 : 3;
  };
  return all
    .map((one) => ({ one, at: rank(one) }))
    .filter(({ at }) => at < 3)
    .toSorted((a, b) => a.at - b.at)
    .slice(0, mostFound)
    .map(({ one }) => one);
}

/** The emoji used last, newest first, as one browser remembers them. */
export function readRecent(kept: string | null): string[] {
  return kept === null ? [] : kept.split(" ").filter((emoji) => emoji !== "");
}

/** What is remembered after another one was used. */
export function keepRecent(recent: readonly string[], emoji: string): string {
  return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, mostRecent).join(" ");
}
