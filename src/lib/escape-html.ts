/** Makes text harmless in HTML content and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return escapeContent(text).replaceAll('"', "&quot;");
}

/** The same for content alone: no more than it needs, and so as the sanitiser writes it. */
export function escapeContent(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
