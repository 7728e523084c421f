import {
  readAccountParts,
  readConversationsOf,
  readDrafts,
  readPictureOf,
  readSaved,
} from "#domain/exports/parts.ts";
import type { Context } from "#domain/context.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { presentExport } from "./export.ts";
import { presentDraft } from "./list.ts";
import { presentMessage } from "./messages.ts";
import { presentPasskey } from "./passkeys.ts";
import { presentPerson } from "./people.ts";
import { presentOwn } from "./relations.ts";
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
  const { person, account, email, factors, keys, sessions, apps, own } = await readAccountParts(
    ctx,
    personId,
  );
  const { totp, codesLeft, passkeys } = factors;
  yield json("account.json", {
    person: presentPerson(place, person),
    role: account?.role ?? null,
    email,
    createdAt: person.createdAt.toISOString(),
    endsAt: account?.endsAt?.toISOString() ?? null,
    factors: { totp, codesLeft, passkeys: passkeys.map(presentPasskey) },
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

function wordsAbout(host: string, at: Date): string {
  return `This is all that ${host} keeps of you, as of ${at.toISOString()}.

account.json        who you are here, and by what you sign in (no passwords, no secrets)
keys.json           the public halves of the keys that sign what you send to other servers
sessions.json       where you are signed in
apps.json           the apps that you let in
choices.json        whom you block or mute, what you chose for all conversations, your folders, your open invitations
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
