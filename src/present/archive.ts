import {
  type AuditEntryRow,
  type KnownOne,
  readAccountParts,
  readConversationsOf,
  readDrafts,
  readHistory,
  readPeople,
  readPictureOf,
  readSaid,
  readSaved,
  type SaidRow,
} from "#domain/exports/parts.ts";
import type { Context } from "#domain/context.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { presentExport } from "./export.ts";
import { presentDraft } from "./list.ts";
import { presentMessage } from "./messages.ts";
import { presentPasskey } from "./passkeys.ts";
import { presentPerson } from "./people.ts";
import { presentOwn, presentRelation } from "./relations.ts";
import { presentSession } from "./sessions.ts";

/** One file of an archive. */
export interface ArchivedFile {
  path: string;
  content: AsyncIterable<string | Uint8Array>;
}

/** All that is somebody's, file by file; each must be read before the next is asked for. */
export async function* presentArchive(ctx: Context, personId: PersonId): AsyncGenerator<ArchivedFile, void> {
  const place = ctx.settings;
  const at = ctx.now();
  yield file("README.txt", wordsAbout(place.host, at));
  yield* presentAccount(ctx, personId);
  const know = ({ person, isContact, relation }: KnownOne) => {
    return {
      person: presentPerson(place, person),
      isContact,
      relation: relation && presentRelation(relation),
    };
  };
  yield { path: "people.json", content: asList(readPeople(ctx, personId), know) };
  yield { path: "said.json", content: asList(readSaid(ctx, personId), presentSaid) };
  const note = (row: AuditEntryRow) => presentDeed(row, personId);
  yield { path: "history.json", content: asList(readHistory(ctx, personId), note) };
  yield { path: "drafts.json", content: asList(readDrafts(ctx, personId), presentDraft) };
  const keep = ({ savedAt, message }: { savedAt: Date; message: Parameters<typeof presentMessage>[0] }) => {
    return { savedAt: savedAt.toISOString(), message: presentMessage(message) };
  };
  yield { path: "saved.json", content: asList(readSaved(ctx, personId), keep) };
  for await (const { conversationId, view, pages } of readConversationsOf(ctx, personId)) {
    const content = presentExport({ place, view, at, format: "json" }, pages);
    yield { path: `conversations/${conversationId}.json`, content };
    const picture = await readPictureOf(ctx, view.conversation.pictureId);
    if (picture === null || picture.image === null || picture.mediaType === null) continue;
    const ending = picture.mediaType.split("/")[1]!;
    yield { path: `pictures/${conversationId}.${ending}`, content: once(picture.image) };
  }
}

async function* presentAccount(ctx: Context, personId: PersonId): AsyncGenerator<ArchivedFile, void> {
  const place = ctx.settings;
  const parts = await readAccountParts(ctx, personId);
  const { known, account, email, factors, keys, sessions, apps, own, held, identities, aliases } = parts;
  const { totp, codesLeft, passkeys } = factors;
  yield json("account.json", {
    person: presentPerson(place, known.person, known.successor),
    role: account?.role ?? null,
    email,
    createdAt: known.person.createdAt.toISOString(),
    endsAt: account?.endsAt?.toISOString() ?? null,
    factors: { totp, codesLeft, passkeys: passkeys.map(presentPasskey) },
    formerHandles: held.map(({ handle, until }) => ({ handle, until: until.toISOString() })),
    identities: identities.map(({ slug, name, createdAt }) => {
      return { slug, name, createdAt: createdAt.toISOString() };
    }),
    aliases: aliases.map((alias) => presentPerson(place, alias)),
  });
  yield json("keys.json", keys);
  yield json(
    "sessions.json",
    sessions.map((row) => presentSession(row, "" as SessionId)),
  );
  yield json(
    "apps.json",
    apps.map(({ app: { name, website }, scopes, allowedAt }) => {
      return { name, website, scopes: [...new Set(scopes)], allowedAt: allowedAt.toISOString() };
    }),
  );
  yield json("choices.json", presentOwn(place, own));
}

/** Who else decided, and from where, is theirs. */
function presentDeed({ at, action, actorId, details, address }: AuditEntryRow, personId: PersonId) {
  const isOwn = actorId === personId;
  return { at: at.toISOString(), action, isOwn, details, address: isOwn ? address : null };
}

function presentSaid({ id, conversationId, sentAt, editedAt, text }: SaidRow) {
  const times = { sentAt: sentAt.toISOString(), editedAt: editedAt?.toISOString() ?? null };
  return { id, conversationId, ...times, text };
}

function wordsAbout(host: string, at: Date): string {
  return `This is all that ${host} keeps of you, as of ${at.toISOString()}.

account.json        who you are here and elsewhere, your former handles, and by what you sign in (no passwords, no secrets)
keys.json           the public halves of the keys that sign what you send to other servers
sessions.json       where you are signed in
apps.json           the apps that you let in
choices.json        what you chose for all conversations, your folders, your open invitations
people.json         your contacts, and whom you block or mute
said.json           all that you said, also where you may not read any more, oldest first
history.json        what was noted of what you did here and of what was decided about you, newest first
drafts.json         what you began to write
saved.json          the messages that you keep, newest first
conversations/      one file for each conversation that you may read, those you left too, as far as you may: its people and
                    what they are in it, your side of it, and its messages, oldest first, with what was put under them
pictures/           the pictures of your groups, by the id of the conversation

Every file is JSON in UTF-8; times are RFC 3339 in UTC. docs/export.md of Luciole describes each property.
`;
}

function file(path: string, text: string): ArchivedFile {
  return { path, content: once(text) };
}

function json(path: string, value: unknown): ArchivedFile {
  return file(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function* once<Content>(content: Content): AsyncGenerator<Content, void> {
  yield content;
}

async function* asList<Row>(
  rows: AsyncIterable<Row>,
  present: (row: Row) => unknown,
): AsyncGenerator<string, void> {
  let before = "[\n";
  for await (const row of rows) {
    yield before + JSON.stringify(present(row));
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
