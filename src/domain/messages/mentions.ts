import { parseMarkdown } from "#lib/markdown.ts";
import { findMentioned, mentionsIn } from "#lib/mention.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";

/** Who of a conversation's people is named in a text, besides its author. Nobody else is: a mention adds no one. */
export function namedIn(
  ctx: Context,
  said: { text: string; authorId: PersonId; people: readonly Participant[] },
): PersonId[] {
  const { text, authorId, people } = said;
  if (!text.includes("@")) return [];
  const ours = ctx.settings.host;
  const author = people.find(({ id }) => id === authorId)?.host ?? ours;
  const named = mentionsIn(parseMarkdown(text)).flatMap((mention) => {
    return findMentioned(mention, people, { ours, author })?.id ?? [];
  });
  return [...new Set(named)].filter((id) => id !== authorId);
}
