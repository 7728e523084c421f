/** Somebody as Mastodon knows them from their document. */
export interface Acquaintance {
  readonly uri: string;
  /** `@ann@a.example` */
  readonly address: string;
  readonly url: string;
  /** Where Mastodon delivers to: the shared one where there is one. */
  readonly inbox: string;
}

/** A status as it came, or as it went. */
export interface Status {
  readonly id: string;
  readonly attributedTo: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly content: string;
  readonly published: string;
  readonly inReplyTo?: string | null;
  readonly conversation: string;
  readonly context: string;
  readonly tag: readonly { readonly type: string; readonly href: string; readonly name: string }[];
  readonly [name: string]: unknown;
}

/** An activity whose signature was right and whose actor is the signer. */
export interface Delivered {
  readonly id: string;
  readonly type: string;
  readonly actor: string;
  readonly object: Status & { readonly type: string };
}

export interface Toot {
  readonly text: string;
  readonly mentions: readonly Acquaintance[];
  /** What it answers. The conversation goes on; without it a new one begins. */
  readonly inReplyTo?: Status;
  /** It is of a thread of its own all the same, as where what it answers told of no conversation that is taken over. */
  readonly ownThread?: boolean;
}

export const context = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/v1",
  {
    ostatus: "http://ostatus.org#",
    atomUri: "ostatus:atomUri",
    inReplyToAtomUri: "ostatus:inReplyToAtomUri",
    conversation: "ostatus:conversation",
    sensitive: "as:sensitive",
    toot: "http://joinmastodon.org/ns#",
    votersCount: "toot:votersCount",
  },
];

/** A status of somebody's in whichever conversation it belongs to; `next` gives numbers. */
export function composeStatus(author: Acquaintance, toot: Toot, next: () => number): Status {
  const { origin, host } = new URL(author.uri);
  const id = `${author.uri}/statuses/${next()}`;
  const answered = toot.inReplyTo ?? null;
  const fresh = {
    conversation: `tag:${host},2026-11-22:objectId=${next()}:objectType=Conversation`,
    context: `${origin}/contexts/${next()}`,
  };
  const { conversation, context: thread } = (toot.ownThread === true ? null : answered) ?? fresh;
  return {
    ...{ id, type: "Note", summary: null, inReplyTo: answered?.id ?? null, published: now() },
    ...{ url: id, attributedTo: author.uri, sensitive: false, atomUri: id },
    ...{ inReplyToAtomUri: answered?.id ?? null, conversation, context: thread },
    ...mentioning(toot),
    attachment: [],
    replies: { id: `${id}/replies`, type: "Collection", first: { type: "CollectionPage", items: [] } },
    likes: { id: `${id}/likes`, type: "Collection", totalItems: 0 },
    shares: { id: `${id}/shares`, type: "Collection", totalItems: 0 },
  };
}

/** A status is for whom it mentions, and it mentions them in its text. */
export function mentioning({ text, mentions }: Pick<Toot, "text" | "mentions">) {
  const names = mentions.map(({ url, address }) => {
    const name = `@<span>${address.split("@")[1]}</span>`;
    return `<span class="h-card" translate="no"><a href="${url}" class="u-url mention">${name}</a></span> `;
  });
  const content = `<p>${names.join("")}${text}</p>`;
  const to = mentions.map(({ uri }) => uri);
  const tag = mentions.map(({ uri: href, address: name }) => ({ type: "Mention", href, name }));
  return { to, cc: [], content, contentMap: { en: content }, tag };
}

/** This moment, to the second. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+/, "");
}
