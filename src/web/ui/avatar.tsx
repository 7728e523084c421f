import type { Conversation, Person } from "#protocol/types.ts";
import { peerOf } from "../domain/people.ts";
import { nameOf } from "./names.ts";
import { Present } from "./presence-light.tsx";

const hues = 8;

interface Look {
  size?: "small" | "medium" | "large";
  /** Shows nothing that they chose themselves. */
  veiled?: boolean;
}

interface ConversationAvatarProps extends Look {
  conversation: Conversation;
  me: string;
  /** Whether the words of a presence stand beside it anyway. */
  mute?: boolean;
}

/** The picture of a group or the first letter of what it is called; of other conversations the other person, and their light. */
export function ConversationAvatar({ conversation, me, mute = false, ...look }: ConversationAvatarProps) {
  const { id, title, picture } = conversation;
  if (title !== null) return <GroupAvatar id={id} title={title} picture={picture} {...look} />;
  const peer = peerOf(conversation, me);
  if (peer === undefined) return null;
  return (
    <Present personId={peer.id} mute={mute}>
      <Avatar person={peer} {...look} />
    </Present>
  );
}

interface GroupAvatarProps extends Look {
  id: string;
  title: string;
  /** The address of the picture on this server. */
  picture: string | null;
}

/** The picture of a group, else its first letter. */
export function GroupAvatar({ id, title, picture, size = "medium", veiled = false }: GroupAvatarProps) {
  return (
    <span class="avatar group" data-size={size} data-hue={hueOf(id)} aria-hidden="true">
      {picture === null || veiled ? initial(title) : <img src={picture} alt="" />}
    </span>
  );
}

/** The initial of a name on a quiet colour that stays the same for a person. */
export function Avatar({
  person,
  size = "medium",
  veiled = false,
}: Look & { person: Pick<Person, "id" | "name" | "state"> }) {
  return (
    <span class="avatar" data-size={size} data-hue={hueOf(person.id)} aria-hidden="true">
      {veiled ? "?" : initial(nameOf(person))}
    </span>
  );
}

function initial(name: string): string {
  for (const { segment } of new Intl.Segmenter().segment(name.trim())) return segment.toLocaleUpperCase();
  return "?";
}

function hueOf(id: string): number {
  let sum = 0;
  for (let index = 0; index < id.length; index += 1) sum = (sum * 31 + id.charCodeAt(index)) % 4_096;
  return (sum % hues) + 1;
}
