import type {
  Asked,
  ConversationView,
  InvitationList,
  InviteLinkList,
  JoinPreview,
  JoinRequestList,
} from "#protocol/api.ts";
import type { Permissions, Role } from "#lib/permissions.ts";
import type { Conversation, Person } from "#protocol/types.ts";
import type { InviteLink } from "#protocol/invitations.ts";
import { type Request, root } from "./api.ts";
import { ApiFailure } from "./http.ts";

/** What a new group is made of. */
export interface NewGroupInput {
  title: string;
  description: string;
  history: Conversation["history"];
}

/** What can be changed of a group; `epoch` is as of when it was decided. */
export interface GroupChange {
  title?: string;
  description?: string;
  permissions?: Permissions;
  history?: Conversation["history"];
  state?: Conversation["state"];
  epoch?: number;
}

export interface NewLink {
  uses: number | null;
  expiresAt: string | null;
  approval: boolean;
}

/** The part of the chat API that is about groups; it comes with what shows them. */
export class GroupsApi {
  readonly #request: Request;

  constructor({ request }: { request: Request }) {
    this.#request = request;
  }

  create = (group: NewGroupInput): Promise<ConversationView> =>
    this.#request("POST", `${root}/conversations`, group);

  change = (id: string, change: GroupChange): Promise<unknown> =>
    this.#request("PATCH", groupPath(id), change);

  /** Of any conversation: how long what is said from now on stays. */
  setTimer = (id: string, seconds: number | null): Promise<unknown> =>
    this.#request("PUT", `${groupPath(id)}/timer`, { seconds });

  setPicture = (id: string, picture: Blob): Promise<unknown> =>
    this.#request("PUT", `${groupPath(id)}/picture`, picture);

  removePicture = (id: string): Promise<unknown> => this.#request("DELETE", `${groupPath(id)}/picture`);

  giveRole = (id: string, personId: string, role: Role): Promise<unknown> =>
    this.#request("PUT", `${groupPath(id)}/members/${personId}/role`, { role });

  transfer = (id: string, personId: string): Promise<unknown> =>
    this.#request("POST", `${groupPath(id)}/owner`, { personId });

  remove = (id: string, personId: string): Promise<unknown> =>
    this.#request("DELETE", `${groupPath(id)}/members/${personId}`);

  ban = (id: string, personId: string): Promise<unknown> =>
    this.#request("PUT", `${groupPath(id)}/bans/${personId}`);

  unban = (id: string, personId: string): Promise<unknown> =>
    this.#request("DELETE", `${groupPath(id)}/bans/${personId}`);

  bans = (id: string): Promise<{ people: Person[] }> => this.#request("GET", `${groupPath(id)}/bans`);

  leave = (id: string): Promise<unknown> => this.#request("POST", `${groupPath(id)}/leave`);

  forget = (id: string): Promise<unknown> => this.#request("DELETE", groupPath(id));

  invite = (id: string, address: string): Promise<unknown> =>
    this.#request("POST", `${groupPath(id)}/invitations`, { address });

  invitations = (id: string): Promise<InvitationList> => this.#request("GET", `${groupPath(id)}/invitations`);

  revokeInvitation = (invitationId: string): Promise<unknown> =>
    this.#request("DELETE", `${root}/invitations/${invitationId}`);

  answer = (
    invitationId: string,
    answer: "accept" | "reject",
  ): Promise<ConversationView | Asked | undefined> =>
    this.#request("POST", `${root}/invitations/${invitationId}/${answer}`);

  makeLink = (id: string, link: NewLink): Promise<InviteLink> =>
    this.#request("POST", `${groupPath(id)}/links`, link);

  links = (id: string): Promise<InviteLinkList> => this.#request("GET", `${groupPath(id)}/links`);

  revokeLink = (linkId: string): Promise<unknown> => this.#request("DELETE", `${root}/links/${linkId}`);

  joinRequests = (id: string): Promise<JoinRequestList> =>
    this.#request("GET", `${groupPath(id)}/join-requests`);

  decide = (id: string, personId: string, answer: "approve" | "reject"): Promise<unknown> =>
    this.#request("POST", `${groupPath(id)}/join-requests/${personId}/${answer}`);

  /** By a whole link, of whichever server. */
  look = (url: string): Promise<JoinPreview> => this.#request("POST", `${root}/join/look`, { url });

  join = (url: string): Promise<ConversationView | Asked> => this.#request("POST", `${root}/join`, { url });
}

function groupPath(id: string): string {
  return `${root}/conversations/${id}`;
}

/**
 * Invites people one after the other; tells of each who is done, so that a refusal is about the first who is left. Answers
 * what the server said last.
 */
export async function inviteEach(
  groups: Pick<GroupsApi, "invite">,
  { id, addresses }: { id: string; addresses: readonly string[] },
  onInvited: (address: string) => void,
): Promise<unknown> {
  let last: unknown;
  for (const address of addresses) {
    last = await groups.invite(id, address).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.code === "already_member") return undefined;
      throw error;
    });
    onInvited(address);
  }
  return last;
}

/** Whether somebody else must agree first: the server that keeps a group, or somebody in it. */
export function isAsked(answer: unknown): answer is Asked {
  return typeof answer === "object" && answer !== null && "state" in answer && answer.state === "asked";
}
