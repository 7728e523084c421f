import { invitePerson } from "#domain/groups/invite.ts";
import { createLink } from "#domain/groups/links.ts";
import { makeKeyPairs, saveKeyPairs } from "#domain/keys.ts";
import { limitNumbers } from "#domain/limits.ts";
import { saveRemotePerson, type PersonRow } from "#domain/people.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import type { Folder } from "#protocol/types.ts";
import type { HostilePeer } from "../hostile-peer.ts";
import { startApp, type TestApp } from "./app.ts";
import { confirmed, sessionOf } from "./confirmed.ts";
import { groupOf } from "./groups.ts";
import { registerApp, sitDown, tokenFor } from "./oauth.ts";
import { givePasskey } from "./second-factor.ts";
import { base, begin, say } from "./talk.ts";

/** What ids stand for. */
export const kinds = [
  "conversation",
  "message",
  "person",
  "folder",
  "invitation",
  "link",
  "session",
  "passkey",
  "app",
  "identity",
  "export",
] as const;
export type Kind = (typeof kinds)[number];

/** Somebody who has one of everything, and of some things two. */
export interface Owner {
  readonly id: PersonId;
  readonly token: string;
  /** The token of an app that they let in. */
  readonly appToken: string;
  /** A ticket of theirs: they have just shown once more who they are. */
  readonly confirmation: string;
  /** Somebody who is with them in all of it. */
  readonly friend: { readonly id: string; readonly token: string };
  /** The first is the usual one: a group and what is in it. */
  readonly ids: Readonly<Record<Kind, readonly [string, ...string[]]>>;
}

/** Makes somebody with one of everything; what they say in their group goes to a peer too, where there is one. */
export async function everythingOf(app: TestApp, handle: string, peer?: HostilePeer): Promise<Owner> {
  const { ctx } = app;
  const owner = (await app.person(handle)) as { id: PersonId; token: string };
  const [friend, guest] = [await app.person(`${handle}_friend`), await app.person(`${handle}_guest`)];
  const abroad = peer === undefined ? [] : [await stranger(app, peer, handle)];
  await saveKeyPairs(ctx, ctx.db, { personId: owner.id, pairs: await makeKeyPairs() });
  const members = [owner, friend].map(({ id }) => ({ id: id as PersonId }) as PersonRow);
  const group = await groupOf(app, [members[0]!, members[1]!, ...abroad]);
  const theirs = await groupOf(app, [members[1]!]);
  const direct = await begin(app, owner, `@${handle}_friend`);
  const said = [await say(app, owner, [group, "secret"]), await say(app, owner, [direct, "secret too"])];
  const { json } = await app.request(`${base}/me/folders`, { token: owner.token, json: { name: "Work" } });
  const into = { personId: owner.id, conversationId: group };
  const made = await invitePerson(ctx, { ...into, inviteeId: guest.id as PersonId });
  const inviting = { personId: members[1]!.id, conversationId: theirs, inviteeId: owner.id };
  const got = await invitePerson(ctx, inviting);
  const link = await createLink(ctx, { ...into, uses: null, expiresAt: null, approval: true });
  const client = await registerApp(app);
  const appToken = await tokenFor(app, await sitDown(app, owner), { client, scope: "read write" });
  const { passkey } = await givePasskey(ctx, owner.id);
  return {
    ...owner,
    appToken,
    confirmation: await confirmed(app, owner),
    friend,
    ids: {
      conversation: [group, direct as ConversationId],
      message: [said[0]!.message.id, said[1]!.message.id],
      person: [friend.id, owner.id],
      folder: [(json as Folder).id],
      invitation: [made!, got!],
      link: [link.id],
      session: [await sessionOf(app, owner)],
      passkey: [passkey.id],
      app: [client.id],
      identity: [await knownTo(app, owner.id)],
      export: [await exported(app, owner.id)],
    },
  };
}

/** Lets an issuer know somebody; answers its id, by which they name what it knows of them. */
async function knownTo({ connection: { sql } }: TestApp, personId: PersonId): Promise<string> {
  const id = newId<"issuer">();
  const uri = `https://${personId}.example`;
  await sql`
    insert into issuer (id, slug, name, uri, signs_in, accepts_tokens, algorithms, makes_accounts, created_at)
    values (${id}, ${personId}, 'An issuer', ${uri}, false, true, '{RS256}', false, now())`;
  await sql`insert into identity (issuer_id, subject, person_id, created_at) values (${id}, 'x', ${personId}, now())`;
  return id;
}

/** Lets somebody have a file with all that is theirs. */
async function exported({ connection: { sql } }: TestApp, personId: PersonId): Promise<string> {
  const id = newId<"data-export">();
  await sql`
    insert into data_export (id, person_id, state, size, created_at) values (${id}, ${personId}, 'ready', 0, now())`;
  return id;
}

async function stranger({ ctx }: TestApp, peer: HostilePeer, handle: string): Promise<PersonRow> {
  const uri = peer.url(`/users/${handle}_abroad`);
  const inbox = `${uri}/inbox`;
  peer.answer(`/users/${handle}_abroad/inbox`, (_, response) => void response.writeHead(202).end());
  const known = { kind: "person", name: "", profileUrl: null, host: peer.host } as const;
  return await saveRemotePerson(ctx, { ...known, uri, inbox, handle: `${handle}_abroad` });
}

/** A server on which nobody is slowed down. */
export async function startPatientApp(options: Parameters<typeof startApp>[0] = {}): Promise<TestApp> {
  const limits = Object.fromEntries(Object.keys(limitNumbers).map((name) => [name, 1_000_000]));
  return await startApp({ ...options, limits });
}
