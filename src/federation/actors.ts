import { exportMultibaseKey, importPem } from "@fedify/fedify/runtime";
import type { Context } from "#domain/context.ts";
import { findSigningKey } from "#domain/keys.ts";
import { readMoving } from "#domain/moving/move-away.ts";
import type { PersonRow } from "#domain/people.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { SigningActor } from "./sign.ts";
import { NAMESPACE } from "./translate/common-out.ts";
import {
  actorUri,
  collectionUri,
  ed25519KeyUri,
  inboxUri,
  profileUri,
  rsaKeyUri,
  sharedInboxUri,
  signalsUri,
  uriOfPerson,
} from "./uris.ts";

const context = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/v1",
  "https://w3id.org/security/multikey/v1",
  {
    // None of the contexts above knows it outside of proofs.
    assertionMethod: {
      "@id": "https://w3id.org/security#assertionMethod",
      "@type": "@id",
      "@container": "@set",
    },
    toot: "http://joinmastodon.org/ns#",
    discoverable: "toot:discoverable",
    featured: { "@id": "toot:featured", "@type": "@id" },
    indexable: "toot:indexable",
    manuallyApprovesFollowers: "as:manuallyApprovesFollowers",
    luciole: NAMESPACE,
    alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id", "@container": "@set" },
    movedTo: { "@id": "as:movedTo", "@type": "@id" },
    chatLeft: { "@id": "luciole:chatLeft", "@type": "@id" },
    chatSignals: { "@id": "luciole:chatSignals", "@type": "@id" },
    litepub: "http://litepub.social/ns#",
    capabilities: { "@id": "litepub:capabilities" },
    acceptsChatMessages: { "@id": "litepub:acceptsChatMessages" },
    implements: { "@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set" },
  },
] as const;

/** What this server does beyond ActivityPub itself, so that others need not try it out (FEP-844e). */
const generator = {
  type: "Application",
  name: "Luciole",
  implements: [
    {
      type: "Link",
      href: "https://datatracker.ietf.org/doc/html/rfc9421",
      name: "RFC 9421: HTTP Message Signatures",
    },
  ],
} as const;

const types = { person: "Person", service: "Service", application: "Application" } as const;

/** The actor document of one of our people, or of this server itself. */
export async function describeActor(ctx: Context, person: PersonRow): Promise<JsonObject> {
  const { origin } = ctx.settings;
  const id = actorUri(origin, person.id);
  const [rsa, ed25519, { aliases, movedTo }] = await Promise.all([
    findSigningKey(ctx, person.id, "rsa"),
    findSigningKey(ctx, person.id, "ed25519"),
    readMoving(ctx, person.id),
  ]);
  const alsoKnownAs = aliases.map((alias) => uriOfPerson(origin, alias));
  return {
    "@context": context,
    id,
    type: types[person.kind],
    preferredUsername: person.handle,
    name: person.name === "" ? person.handle : person.name,
    url: person.kind === "application" ? origin : profileUri(origin, person.handle),
    published: person.createdAt.toISOString(),
    inbox: inboxUri(origin, person.id),
    outbox: collectionUri(origin, person.id, "outbox"),
    followers: collectionUri(origin, person.id, "followers"),
    following: collectionUri(origin, person.id, "following"),
    featured: collectionUri(origin, person.id, "featured"),
    chatSignals: signalsUri(origin),
    ...(alsoKnownAs.length > 0 && { alsoKnownAs }),
    ...(movedTo !== null && {
      movedTo: uriOfPerson(origin, movedTo),
      chatLeft: collectionUri(origin, person.id, "left"),
    }),
    endpoints: { sharedInbox: sharedInboxUri(origin) },
    discoverable: false,
    indexable: false,
    manuallyApprovesFollowers: true,
    // Pleroma and Akkoma offer their chats only to who says so.
    capabilities: { acceptsChatMessages: true },
    generator: { ...generator, url: origin },
    publicKey: { id: rsaKeyUri(origin, person.id), owner: id, publicKeyPem: rsa.publicKey },
    assertionMethod: [
      {
        id: ed25519KeyUri(origin, person.id),
        type: "Multikey",
        controller: id,
        publicKeyMultibase: await exportMultibaseKey(await importPem(ed25519.publicKey)),
      },
    ],
  };
}

/** What is left of one of our people who are gone (ActivityPub section 6.4). */
export function describeGone({ settings: { origin } }: Context, id: PersonRow["id"]): JsonObject {
  return { "@context": context[0], id: actorUri(origin, id), type: "Tombstone" };
}

/** The key with which one of our actors signs requests. */
export async function signingActor(ctx: Context, personId: PersonRow["id"]): Promise<SigningActor> {
  const { privateKey } = await findSigningKey(ctx, personId, "rsa");
  return { keyId: rsaKeyUri(ctx.settings.origin, personId), privateKey };
}
