const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const address = /https?:\/\/[^\s<>"]+/g;
const closing = /[.,;:!?'»”’)\]}]$/;

/** Plain text as the HTML that other servers show: paragraphs, line breaks, addresses as links, nothing else. */
export function textToHtml(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.split("\n").map(lineToHtml).join("<br>")}</p>`)
    .join("");
}

function lineToHtml(line: string): string {
  let html = "";
  let done = 0;
  for (const match of line.matchAll(address)) {
    const url = withoutClosing(match[0]);
    if (!URL.canParse(url)) continue;
    const shown = escapeHtml(url);
    html += `${escapeHtml(line.slice(done, match.index))}<a href="${shown}" rel="nofollow noopener noreferrer">${shown}</a>`;
    done = match.index + url.length;
  }
  return html + escapeHtml(line.slice(done));
}

/** The sentence's own punctuation is no part of the address; a bracket is, if it was opened inside. */
function withoutClosing(url: string): string {
  let unopened = count(url, ")") - count(url, "(");
  let end = url.length;
  while (end > 0 && closing.test(url.charAt(end - 1))) {
    if (url[end - 1] === ")" && unopened-- <= 0) break;
    end -= 1;
  }
  return url.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** Makes text harmless in HTML content and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
