import type { Notice } from "#lib/notice.ts";

type Named = { readonly name: string; readonly handle: string };

/** What a line says to servers that know no groups. */
export function wordsOf({ type, role, value }: Notice, by: Named, others: readonly Named[]): string {
  const who = nameOf(by);
  const whom = others.map(nameOf).join(", ");
  const sentences: Record<Notice["type"], string> = {
    created: `${who} made the group.`,
    joined: whom === "" ? `${who} joined.` : `${who} added ${whom}.`,
    left: `${who} left.`,
    removed: `${who} removed ${whom}.`,
    banned: `${who} banned ${whom}.`,
    moved: `${who} goes on with this account.${value === undefined ? "" : ` It was ${value} before.`}`,
    role: `${who} made ${whom} ${role ?? "member"}.`,
    title: `${who} named the group “${value ?? ""}”.`,
    description: `${who} changed the description.`,
    picture: `${who} changed the picture.`,
    permissions: `${who} changed who may do what.`,
    history:
      value === "all"
        ? `${who} lets newcomers see what was said before.`
        : `${who} hides from newcomers what was said before.`,
    archived: `${who} archived the group.`,
    reopened: `${who} opened the group again.`,
    closed: `${who} closed the group.`,
    expiry:
      typeof value === "number"
        ? `${who} lets messages disappear after ${value} seconds.`
        : `${who} lets messages stay.`,
  };
  return sentences[type];
}

function nameOf({ name, handle }: Named): string {
  return name === "" ? handle : name;
}
