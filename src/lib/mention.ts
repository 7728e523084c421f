import type { Block } from "./markdown.ts";
import type { Inline, Mention } from "./markdown-inline.ts";

interface Named {
  readonly handle: string;
  /** Null for a person of the server that asks. */
  readonly host: string | null;
  /** What they were called before, as a handle or, as clients know it, as an address. */
  readonly formerHandle?: string | null;
  readonly formerly?: string | null;
}

/** The server that asks, and the one whose people its author means by a name alone. */
interface Hosts {
  readonly ours: string;
  readonly author: string;
}

/**
 * Whom of some people a text means. A name alone is somebody of the author's own server, or else the only one of that
 * name. A name that nobody has means whoever had it before. Nobody else is ever meant: a mention adds no one.
 */
export function findMentioned<Person extends Named>(
  mention: Mention,
  people: readonly Person[],
  hosts: Hosts,
): Person | undefined {
  const wanted = mention.name.toLowerCase();
  const named = people.filter(({ handle }) => handle.toLowerCase() === wanted);
  return (
    amongNamed(mention, named, hosts) ??
    amongNamed(
      mention,
      people.filter((person) => formerHandleOf(person)?.toLowerCase() === wanted),
      hosts,
    )
  );
}

function amongNamed<Person extends Named>(
  { host }: Mention,
  named: readonly Person[],
  hosts: Hosts,
): Person | undefined {
  const isOf = (person: Named, wanted: string) => (person.host ?? hosts.ours) === wanted.toLowerCase();
  if (host !== null) return named.find((person) => isOf(person, host));
  return named.find((person) => isOf(person, hosts.author)) ?? (named.length === 1 ? named[0] : undefined);
}

function formerHandleOf({ formerHandle, formerly }: Named): string | null {
  return formerHandle ?? formerly?.split("@")[1] ?? null;
}

/** Every mention in a text, in its order. */
export function mentionsIn(blocks: readonly Block[]): Mention[] {
  return blocks.flatMap((block) => {
    if (block.kind === "paragraph") return mentionsAmong(block.children);
    if (block.kind === "quote") return mentionsIn(block.children);
    return block.kind === "list" ? block.items.flatMap(mentionsIn) : [];
  });
}

function mentionsAmong(stretches: readonly Inline[]): Mention[] {
  return stretches.flatMap((stretch) => {
    if (stretch.kind === "mention") return stretch;
    return "children" in stretch ? mentionsAmong(stretch.children) : [];
  });
}
