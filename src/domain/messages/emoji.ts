import { findCustomEmoji, upsertCustomEmoji, type CustomEmojiRow } from "#db/custom-emoji.ts";
import type { Queryable, Transaction } from "#db/connect.ts";
import { findPersonById } from "#db/people.ts";
import { newId, type Id, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";

/** A custom emoji of another server, as it came. */
export interface RemoteEmoji {
  shortcode: string;
  /** Where its picture is to be had. */
  url: string;
}

/** An emoji as a reaction keeps it: one Unicode emoji, `:name:` of ours, or `:name@b.example:` of another server's. */
export interface KeptEmoji {
  emoji: string;
  customEmojiId: Id<"custom-emoji"> | null;
}

const unicode = /^\p{RGI_Emoji}$/v;
const custom = /^:(?<shortcode>[a-zA-Z0-9_]{2,64})(?:@(?<host>[a-z0-9.:-]{1,260}))?:$/;

/**
 * What a text means as an emoji. A Unicode one is brought into the form that is shown as a picture; a custom one must be
 * known here. Refuses everything else.
 */
export async function readEmoji(tx: Transaction, text: string): Promise<KeptEmoji> {
  const emoji = [text, `${text}\u{FE0F}`].find((form) => unicode.test(form));
  if (emoji !== undefined) return { emoji, customEmojiId: null };
  const found = await findEmoji(tx, text);
  if (found === null) throw new Refusal("emoji_unknown", { field: "emoji" });
  return keptAs(found);
}

/** The custom emoji that a reaction names; null for a Unicode one, and for one that is not there. */
export async function findEmoji(q: Queryable, text: string): Promise<CustomEmojiRow | null> {
  const { shortcode, host } = custom.exec(text)?.groups ?? {};
  return shortcode === undefined ? null : await findCustomEmoji(q, { shortcode, host: host ?? null });
}

/**
 * Notes a custom emoji that somebody of another server chose, as one of their own server, wherever its picture lives: no
 * server speaks of another's. The picture is fetched when somebody looks at it.
 */
export async function keepRemoteEmoji(
  ctx: Context,
  tx: Transaction,
  { personId, ...input }: RemoteEmoji & { personId: PersonId },
): Promise<KeptEmoji> {
  const host = (await findPersonById(tx, personId))?.host ?? "";
  if (!custom.test(`:${input.shortcode}@${host}:`)) throw new Refusal("emoji_unknown");
  const row = { id: newId<"custom-emoji">(), createdAt: ctx.now(), host, ...input };
  return keptAs(await upsertCustomEmoji(tx, row));
}

function keptAs({ id, shortcode, host }: CustomEmojiRow): KeptEmoji {
  return { emoji: host === null ? `:${shortcode}:` : `:${shortcode}@${host}:`, customEmojiId: id };
}
