import type { Notice } from "#lib/notice.ts";
import type { Message } from "#protocol/types.ts";

/** A line that tells what happened to a group. */
export type NoticeMessage = Message & { notice: Notice };

export function isNotice(message: Message): message is NoticeMessage {
  return message.notice !== null;
}

/** Several people to whom the same happened, one after the other. */
export interface Crowd {
  type: Extract<Notice["type"], (typeof comings)[number]>;
  /** Each once, in the order of the lines. */
  personIds: string[];
}

/** A run of lines in short: who came and who went, and what else there was. */
export interface Digest {
  crowds: Crowd[];
  others: NoticeMessage[];
}

/** What happens to many at a time. */
const comings = ["joined", "left", "removed", "banned"] as const;

/** To whom something happened: whoever did it, unless somebody else is named. */
export function subjectsOf({ notice, authorId }: NoticeMessage): string[] {
  return notice.personIds.length > 0 ? notice.personIds : [authorId];
}

/** Puts a run of lines together, in the order in which each kind of them first stands there. */
export function digest(notices: readonly NoticeMessage[]): Digest {
  const crowds = new Map<Crowd["type"], Set<string>>();
  const others: NoticeMessage[] = [];
  for (const message of notices) {
    const type = comings.find((one) => one === message.notice.type);
    if (type === undefined) others.push(message);
    else {
      const people = crowds.get(type) ?? new Set();
      for (const id of subjectsOf(message)) people.add(id);
      crowds.set(type, people);
    }
  }
  return { crowds: [...crowds].map(([type, people]) => ({ type, personIds: [...people] })), others };
}
