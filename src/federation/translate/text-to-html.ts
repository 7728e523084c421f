import { type Block, parseMarkdown } from "#lib/markdown.ts";
import { type Inline, type Mention, nameOf } from "#lib/markdown-inline.ts";
import { escapeContent, escapeHtml } from "#lib/escape-html.ts";

/** The profile of whom a text names; null for somebody whom the author does not write with, who stays a word. */
export type FindMention = (mention: Mention) => string | null;

const rel = 'rel="nofollow noopener noreferrer"';
const tags = { emphasis: "em", strong: "strong", strike: "del" } as const;

/** What somebody typed as the HTML that other servers show. */
export function textToHtml(text: string, findMention: FindMention = () => null): string {
  const inline = (stretches: readonly Inline[]): string => stretches.map(stretchToHtml).join("");
  const blocks = (some: readonly Block[]): string => some.map(blockToHtml).join("");

  function stretchToHtml(stretch: Inline): string {
    switch (stretch.kind) {
      case "text":
        return escapeContent(stretch.text);
      case "break":
        return "<br>";
      case "code":
        return `<code>${escapeContent(stretch.text)}</code>`;
      case "link":
        return `<a href="${escapeHtml(stretch.href)}" ${rel}>${inline(stretch.children)}</a>`;
      case "mention":
        return mentionToHtml(stretch, findMention(stretch));
      default:
        return `<${tags[stretch.kind]}>${inline(stretch.children)}</${tags[stretch.kind]}>`;
    }
  }

  function blockToHtml(block: Block): string {
    switch (block.kind) {
      case "paragraph":
        return `<p>${inline(block.children)}</p>`;
      case "code":
        return `<pre><code>${escapeContent(block.text)}</code></pre>`;
      case "quote":
        return `<blockquote>${blocks(block.children)}</blockquote>`;
      case "list": {
        const items = block.items.map((item) => `<li>${itemToHtml(item)}</li>`).join("");
        if (block.start === null) return `<ul>${items}</ul>`;
        return `<ol${block.start === 1 ? "" : ` start="${block.start}"`}>${items}</ol>`;
      }
    }
  }

  /** Words alone, or with a list below them, need no paragraph. */
  function itemToHtml([first, ...rest]: readonly Block[]): string {
    if (first?.kind !== "paragraph" || rest.some(({ kind }) => kind !== "list"))
      return blocks(first === undefined ? [] : [first, ...rest]);
    return inline(first.children) + blocks(rest);
  }

  return blocks(parseMarkdown(text));
}

/** As Mastodon writes it: other servers know a mention by its classes. */
function mentionToHtml(mention: Mention, profile: string | null): string {
  if (profile === null) return escapeContent(nameOf(mention));
  const name = `@<span>${escapeContent(mention.name)}</span>`;
  return `<span class="h-card"><a href="${escapeHtml(profile)}" class="u-url mention" ${rel}>${name}</a></span>`;
}

const mentionLink = /<a href="([^"<>&]*)" class="u-url mention" [^<>]*>@<span>([^<>]*)<\/span><\/a>/g;

/** Whether HTML is what our own kind makes of a text, whomever of those that it names its author writes with. */
export function isMadeFrom(html: string, text: string): boolean {
  const links = [...html.matchAll(mentionLink)].toReversed();
  const made = textToHtml(text, ({ name }) =>
    links.at(-1)?.[2] === name ? (links.pop()?.[1] ?? null) : null,
  );
  return made === html;
}
