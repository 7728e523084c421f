import type { ReachReason } from "#lib/reach-reason.ts";

/** What a server runs, by NodeInfo; null where it does not say. */
export interface Software {
  name: string | null;
  version: string | null;
}

/** Whether people at a server can get private messages, and what is to be known of it. */
export interface Reach {
  verdict: "ok" | "cannot" | "unknown";
  reason: ReachReason | null;
}

/** What the verdict depends on beside the software. */
interface Scene {
  version: string | null;
  /** In the conversation, its author included. */
  people: number;
}

/** Longest message that Lemmy takes: `MARKDOWN` text of 10,000 characters (LemmyNet/lemmy, crates/utils). */
const LEMMY_CHARACTERS = 10_000;
/** Most people in a conversation of Loops (joinloops/loops-server). */
const LOOPS_PEOPLE = 12;

const ok: Reach = { verdict: "ok", reason: null };
const cannot = (reason: ReachReason): Reach => ({ verdict: "cannot", reason });
const noted = (reason: ReachReason): Reach => ({ verdict: "ok", reason });

/** One row per software, by the name that it gives itself in NodeInfo. */
const table: Readonly<Record<string, (scene: Scene) => Reach>> = {
  // An inbox knows videos, comments on them and follows (Chocobozzz/PeerTube, lib/activitypub/process).
  peertube: () => cannot("no_private_messages"),
  // The plugin takes what is public, for topics (discourse/discourse-activity-pub).
  discourse: () => cannot("no_private_messages"),
  // A PrivateMessage has one recipient, and others are not looked at (LemmyNet/lemmy, crates/apub).
  lemmy: ({ people }) => (people > 2 ? cannot("direct_only") : noted("lemmy_text_limit")),
  // A message to several was stored as a post for followers (pixelfed/pixelfed, issues 6375 and 7423); since 0.14.2 it is
  // kept, and no client of it shows it yet.
  pixelfed: ({ version, people }) => {
    if (people <= 2) return ok;
    return isBefore(version, [0, 14, 2]) ? cannot("shows_followers") : noted("group_unseen");
  },
  // Twelve at most (joinloops/loops-server).
  loops: ({ people }) => (people > LOOPS_PEOPLE ? cannot("too_many_people") : ok),
  // A direct message becomes mail, and mail needs a contact (friendica/friendica, Protocol/ActivityPub/Processor).
  friendica: () => noted("followers_only"),
  // Those that take a Note addressed to some people as what it is: read in their sources, or seen on the wire.
  luciole: () => ok,
  mastodon: () => ok,
  hometown: () => ok,
  misskey: () => ok,
  sharkey: () => ok,
  firefish: () => ok,
  iceshrimp: () => ok,
  gotosocial: () => ok,
  hollo: () => ok,
  mitra: () => ok,
  snac: () => ok,
  pleroma: () => ok,
  akkoma: () => ok,
  nodebb: () => ok,
  hubzilla: () => ok,
  streams: () => ok,
};

/** Whether a server that runs `software` can get a private message in a conversation of so many people. */
export function judgeReach({ name, version }: Software, people: number): Reach {
  if (name === null) return { verdict: "unknown", reason: "not_asked" };
  const key = name.toLowerCase();
  const row = Object.hasOwn(table, key) ? table[key] : undefined;
  return row === undefined ? { verdict: "unknown", reason: "software_unknown" } : row({ version, people });
}

/** Whether a server takes a text in a conversation of so many people; where nothing is known it is tried. */
export function canTake(software: Software, people: number, text: string): boolean {
  const { verdict, reason } = judgeReach(software, people);
  if (reason === "lemmy_text_limit" && Array.from(text).length > LEMMY_CHARACTERS) return false;
  return verdict !== "cannot";
}

/** Whether a server takes `ChatMessage` alone (LemmyNet/lemmy: a private message became a `Note` with 0.20). */
export function takesChatsOnly({ name, version }: Software): boolean {
  return name?.toLowerCase() === "lemmy" && isBefore(version, [0, 20, 0]);
}

/** Compares the numbers of a version; one that cannot be read may be as old as any. */
export function isBefore(version: string | null, than: readonly [number, number, number]): boolean {
  const numbers = /^v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/.exec(version ?? "");
  if (numbers === null) return true;
  for (const [index, bound] of than.entries()) {
    const number = Number(numbers[index + 1] ?? 0);
    if (number !== bound) return number < bound;
  }
  return false;
}
