import type { Conversation } from "#protocol/types.ts";
import { type Crowd, digest, type NoticeMessage, subjectsOf } from "../domain/notice.ts";
import { personOf } from "../domain/people.ts";
import { t, type TextId } from "../platform/language.ts";
import { duration, enumerate } from "./format.ts";
import { nameOf } from "./names.ts";

/** Who reads, and where the people of a line are known. */
export interface Reader {
  conversation: Conversation;
  me: string;
}

/** More than so many are counted, not named. */
const named = 2;

/** What one line tells. */
export function noticeText(message: NoticeMessage, reader: Reader): string {
  const { notice, authorId } = message;
  const { me } = reader;
  const subjects = subjectsOf(message);
  const isSelf = subjects.every((id) => id === authorId);
  const name = calledIn(authorId, reader);
  if (notice.type === "joined" || notice.type === "left") {
    if (isSelf) return crowdText({ type: notice.type, personIds: subjects }, reader);
  }
  if (notice.type === "role") return t(roleTexts[notice.role ?? "member"], crowdValues(subjects, reader));
  if (notice.type === "expiry") return expiryText(message, { who: authorId === me ? "you" : "other", name });
  const toMe = !isSelf && subjects.includes(me);
  const who = authorId === me ? "you" : toMe ? "toYou" : "other";
  const names = namesIn(subjects, reader);
  // An address of somebody who is gone is not told any more.
  return t(texts[notice.type], { who, name, names, value: String(notice.value ?? names) });
}

/** What a run of lines tells, in one. */
export function digestText(notices: readonly NoticeMessage[], reader: Reader): string {
  const [only, ...more] = notices;
  if (only !== undefined && more.length === 0) return noticeText(only, reader);
  const { crowds, others } = digest(notices);
  const last = others.at(-1);
  const people = crowds.map((crowd) => crowdText(crowd, reader));
  const changes = last === undefined ? [] : [noticeText(last, reader)];
  if (others.length > 1) changes.push(t("notice.more", { count: others.length - 1 }));
  // What came first is told first.
  return (only === others[0] ? [...changes, ...people] : [...people, ...changes]).join(" · ");
}

type Plain = Exclude<NoticeMessage["notice"]["type"], "role" | "expiry">;

const texts: Readonly<Record<Plain, TextId>> = {
  created: "notice.created",
  joined: "notice.added",
  left: "notice.removed",
  removed: "notice.removed",
  banned: "notice.banned",
  moved: "notice.moved",
  title: "notice.title",
  description: "notice.description",
  picture: "notice.picture",
  permissions: "notice.permissions",
  history: "notice.history",
  archived: "notice.archived",
  reopened: "notice.reopened",
  closed: "notice.closed",
};

const roleTexts = {
  owner: "notice.ownerNow",
  admin: "notice.adminNow",
  member: "notice.memberNow",
} as const;

const crowdTexts: Readonly<Record<Crowd["type"], TextId>> = {
  joined: "notice.joined",
  left: "notice.left",
  removed: "notice.removedMany",
  banned: "notice.bannedMany",
};

function crowdText({ type, personIds }: Crowd, reader: Reader): string {
  return t(crowdTexts[type], crowdValues(personIds, reader));
}

function crowdValues(personIds: readonly string[], reader: Reader) {
  const who = personIds.length === 1 && personIds[0] === reader.me ? "you" : "other";
  return { who, count: personIds.length, names: namesIn(personIds, reader) };
}

function expiryText({ notice }: NoticeMessage, values: { who: string; name: string }): string {
  const { value } = notice;
  if (typeof value !== "number") return t("notice.expiryOff", values);
  return t("notice.expiry", { ...values, time: duration(value) });
}

/** `Ann, Bo and 3 others`; oneself first. */
export function namesIn(personIds: readonly string[], reader: Reader): string {
  const mineFirst = personIds.toSorted((a, b) => Number(b === reader.me) - Number(a === reader.me));
  // One more is named sooner than counted.
  const shown = mineFirst.length <= named + 1 ? mineFirst : mineFirst.slice(0, named);
  const names = shown.map((id) => calledIn(id, reader));
  const rest = personIds.length - shown.length;
  return enumerate(rest === 0 ? names : [...names, t("people.others", { count: rest })]);
}

function calledIn(id: string, { conversation, me }: Reader): string {
  return id === me ? t("message.you") : nameOf(personOf(conversation, id));
}
