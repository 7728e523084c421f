import { preloadedContexts, type DocumentLoader } from "@fedify/fedify/runtime";

const litepub = {
  "@context": [
    "https://w3id.org/security/v1",
    {
      as: "https://www.w3.org/ns/activitystreams#",
      toot: "http://joinmastodon.org/ns#",
      ostatus: "http://ostatus.org#",
      schema: "http://schema.org#",
      litepub: "http://litepub.social/ns#",
      misskey: "https://misskey-hub.net/ns#",
      fedibird: "http://fedibird.com/ns#",
      Emoji: "toot:Emoji",
      discoverable: "toot:discoverable",
      Hashtag: "as:Hashtag",
      sensitive: "as:sensitive",
      quoteUrl: "as:quoteUrl",
      manuallyApprovesFollowers: "as:manuallyApprovesFollowers",
      alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id" },
      PropertyValue: "schema:PropertyValue",
      value: "schema:value",
      conversation: { "@id": "ostatus:conversation", "@type": "@id" },
      ChatMessage: "litepub:ChatMessage",
      EmojiReact: "litepub:EmojiReact",
      directMessage: "litepub:directMessage",
      invisible: "litepub:invisible",
      capabilities: "litepub:capabilities",
      listMessage: { "@id": "litepub:listMessage", "@type": "@id" },
      oauthRegistrationEndpoint: { "@id": "litepub:oauthRegistrationEndpoint", "@type": "@id" },
      formerRepresentations: "litepub:formerRepresentations",
    },
  ],
};

/** Contexts that each server of a kind serves under its own host. */
const byPath: ReadonlyMap<string, unknown> = new Map([["/schemas/litepub-0.1.jsonld", litepub]]);

const empty = { "@context": {} };

/**
 * A JSON-LD context loader without a network: known contexts are bundled, an unknown one is empty, so that its terms
 * mean nothing instead of what somebody else's server says today.
 */
export const bundledContexts: DocumentLoader = (url) =>
  Promise.resolve({ contextUrl: null, documentUrl: url, document: contextFor(url) });

function contextFor(url: string): unknown {
  return preloaded.get(withoutHash(url)) ?? byPath.get(URL.parse(url)?.pathname ?? "") ?? empty;
}

// The security contexts are used both with and without a fragment, and names of objects must not be found by accident.
const preloaded: ReadonlyMap<string, unknown> = new Map(
  Object.entries(preloadedContexts).map(([url, context]) => [withoutHash(url), context]),
);

function withoutHash(url: string): string {
  return url.split("#", 1)[0] ?? url;
}
