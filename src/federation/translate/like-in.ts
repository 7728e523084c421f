import { z } from "zod";
import type { RemoteEmoji } from "#domain/messages/emoji.ts";
import { isOurs } from "../uris.ts";
import { checkId, parse, readActivity, type Unread } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { address, isPair, list, reference } from "./values.ts";

export interface IncomingReaction {
  readonly activityUri: string;
  /** The message that it is under. */
  readonly uri: string;
  /** One Unicode emoji or `:name:` of ours, or a picture of another server. */
  readonly emoji: { readonly text: string } | RemoteEmoji;
}

/** A Like without any emoji, as Mastodon sends it. */
const HEART = "❤️";

const text = z.string().max(300).nullish();
const reactionFields = z.looseObject({
  id: address,
  object: reference,
  content: text.catch(null),
  _misskey_reaction: text.catch(null),
  tag: list(z.unknown()).catch([]),
});
const emojiTag = z.looseObject({
  type: z.literal("Emoji"),
  name: z.string(),
  icon: z.union([address, z.looseObject({ url: address }).transform(({ url }) => url)]),
});

/**
 * Reads a `Like` with or without an emoji (`content`, or Misskey's own property) and an `EmojiReact` (FEP-c0e0). Whom it
 * is addressed to plays no part: some servers address it to everybody. Throws Dropped.
 */
export function readReaction(unread: Unread): IncomingReaction {
  const { id: activityUri } = readActivity(unread);
  const fields = parse(reactionFields, unread.activity);
  const uri = fields.object;
  const said = fields.content?.trim() || fields._misskey_reaction?.trim() || HEART;
  return { activityUri, uri, emoji: readEmoji(unread.origin, said, fields.tag) };
}

function readEmoji(origin: string, said: string, tags: readonly unknown[]): IncomingReaction["emoji"] {
  // Misskey names a server beside a custom emoji (`:name@host:`); it counts as one of the actor's own, whatever it says.
  const shortcode = /^:(?<shortcode>[a-zA-Z0-9_]+)(?:@[^:]*)?:$/.exec(said)?.groups?.["shortcode"];
  if (shortcode === undefined) return { text: said };
  const names = [said, `:${shortcode}:`, shortcode];
  const found = tags
    .map((tag) => emojiTag.safeParse(tag).data)
    .find((tag) => tag && names.includes(tag.name));
  if (!found || isOurs(origin, found.icon)) return { text: `:${shortcode}:` };
  return { shortcode, url: found.icon };
}

export interface IncomingUndo {
  readonly activityUri: string;
  /** What is taken back. */
  readonly uri: string;
}

/** Reads an `Undo` of something that is named or enclosed. Throws Dropped. */
export function readUndo(unread: Unread): IncomingUndo {
  const { id: activityUri, object } = readActivity(unread);
  const uri = parse(reference, object);
  checkId(unread, uri);
  if (!isPair(uri, activityUri)) throw new Dropped("malformed");
  return { activityUri, uri };
}
