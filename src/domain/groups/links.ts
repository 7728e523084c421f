import { randomBytes } from "node:crypto";
import {
  countLinks,
  findLink,
  findLinkByCode,
  findLinks,
  insertLink,
  revokeLinks,
  type InviteLinkRow,
  type ShownJoinRequest,
} from "#db/invite-links.ts";
import type { Queryable } from "#db/connect.ts";
import { findRoom, type RoomRow } from "#db/rooms.ts";
import { newId, type ConversationId, type InviteLinkId, type PersonId } from "#lib/ids.ts";
import { isAtLeast } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { transact } from "../transact.ts";
import { accessAsInviter } from "./invited.ts";
import { lockGroup } from "./permit.ts";

export type { InviteLinkRow, ShownJoinRequest };
export type LinkPreview = NonNullable<Awaited<ReturnType<typeof findLinkByCode>>>;

/** What a link into a group that is kept here leads into. */
export interface Offer {
  room: RoomRow;
  code: string;
  members: number;
  approval: boolean;
}

/** Bytes of a code: nobody guesses 128 bits. */
const CODE_BYTES = 16;
/** What such a code looks like. */
const isCode = /^[\w-]{22}$/;
/** Most links of one group that are not taken back. */
const LINKS = 50;

export interface CreateLink {
  personId: PersonId;
  conversationId: ConversationId;
  uses: number | null;
  expiresAt: Date | null;
  approval: boolean;
}

/** Makes an address by which people come into a group by themselves. Refuses one that has ended already. */
export async function createLink(ctx: Context, input: CreateLink): Promise<InviteLinkRow> {
  const { personId, conversationId, uses, expiresAt, approval } = input;
  if (expiresAt !== null && expiresAt <= ctx.now()) throw new Refusal("in_the_past", { field: "expiresAt" });
  return await transact(ctx, async (tx) => {
    const { isKeptHere } = await lockGroup(ctx, tx, { personId, conversationId, action: "invite" });
    if (!isKeptHere) throw new Refusal("kept_elsewhere");
    if ((await countLinks(tx, conversationId)) >= LINKS) throw new Refusal("too_many_links");
    const code = randomBytes(CODE_BYTES).toString("base64url");
    return await insertLink(tx, {
      id: newId<"invite-link">(),
      conversationId,
      code,
      createdBy: personId,
      uses,
      expiresAt,
      approval,
      createdAt: ctx.now(),
    });
  });
}

/** The links of a group, newest first, for those who may invite. */
export async function listLinks(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<InviteLinkRow[]> {
  return await snapshot(ctx, async (tx) => {
    await accessAsInviter(tx, input);
    return await findLinks(tx, input.conversationId);
  });
}

/** Takes a link back: whoever made it may, and the admins. Doing it twice changes nothing. */
export async function revokeLink(
  ctx: Context,
  { personId, linkId }: { personId: PersonId; linkId: InviteLinkId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const found = await findLink(tx, linkId);
    if (found === null) throw new Refusal("not_found");
    const { conversationId, createdBy } = found;
    const { member } = await lockGroup(ctx, tx, { personId, conversationId, takesBack: true });
    if (createdBy !== personId && !isAtLeast(member.role, "admin")) throw new Refusal("not_permitted");
    await revokeLinks(tx, { id: linkId }, ctx.now());
  });
}

/**
 * A link by its code, with what is seen of its group. A code that is unknown, has run out, is used up or was taken back,
 * or whose group takes nobody: nothing tells which.
 */
export async function readLink(
  ctx: Context,
  { personId, code }: { personId: PersonId | null; code: string },
  q: Queryable = ctx.db,
): Promise<LinkPreview> {
  const found = isCode.test(code) ? await findLinkByCode(q, code, personId) : null;
  if (found === null || !(found.isMember || leadsIn(ctx, found))) throw new Refusal("not_found");
  return found;
}

/** What a link leads into, for the servers of those who have it. Refuses as `readLink` does. */
export async function readOffer(ctx: Context, code: string): Promise<Offer> {
  const { link, members } = await readLink(ctx, { personId: null, code });
  const room = await findRoom(ctx.db, link.conversationId);
  if (room === null) throw new Refusal("not_found");
  return { room, code, members, approval: link.approval };
}

function leadsIn(ctx: Context, { link, group }: LinkPreview): boolean {
  const isUsedUp = link.uses !== null && link.used >= link.uses;
  const isOver = link.expiresAt !== null && link.expiresAt <= ctx.now();
  return link.revokedAt === null && !isUsedUp && !isOver && group.state === "open";
}
