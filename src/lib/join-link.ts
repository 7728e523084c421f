/** A link into a group, of whichever server. */
export interface JoinLink {
  readonly origin: string;
  /** Whoever knows it may come in: it is never logged. */
  readonly code: string;
}

const path = /^\/join\/(?<code>[\w-]{22})$/;

/** Reads a link into a group as somebody pasted it; null for everything else. What follows its path is dropped. */
export function parseJoinLink(text: string): JoinLink | null {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const code = path.exec(url.pathname)?.groups?.["code"];
  return code === undefined || url.username !== "" || url.password !== ""
    ? null
    : { origin: url.origin, code };
}

/** Writes such a link. */
export function joinLinkUrl({ origin, code }: JoinLink): string {
  return `${origin}/join/${code}`;
}
