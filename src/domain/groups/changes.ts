import { insertMembers } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import {
  findFormerMember,
  moveToFormer,
  retireFormer,
  setRole,
  updateFormer,
  type FormerRow,
} from "#db/groups.ts";
import { takeNumber } from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import { record } from "../transact.ts";
import type { Decision } from "./decision.ts";
import { memberOf, nextFact, personOf, type Group } from "./group.ts";

type DecisionOf<Type extends Decision["type"]> = Extract<Decision, { type: Type }>;

/** What each decision changes; answers whether anything is otherwise than before. */
type Changes = {
  readonly [Type in Decision["type"]]: (group: Group, decision: DecisionOf<Type>) => Promise<boolean>;
};

const changes: Changes = {
  created: async () => true,
  join,
  leave: async (group, { personId }) => await go(group, personId, "left"),
  remove: async (group, { personId, ban }) => await go(group, personId, ban ? "banned" : "removed"),
  role: async (group, { personId, role }) => await promote(group, personId, role),
  transfer: async (group, { personId, by }) => {
    if (memberOf(group, personId) === null) return false;
    await promote(group, by, "admin");
    return await promote(group, personId, "owner");
  },
  succeed,
  facts: async (group, { facts }) => {
    const { conversation } = group;
    const isSame = ([name, value]: [string, unknown]) =>
      JSON.stringify(conversation[name as keyof typeof conversation]) === JSON.stringify(value);
    if (Object.entries(facts).every(isSame)) return false;
    Object.assign(conversation, facts);
    record(group.tx, "conversation.changed", nextFact(group));
    return true;
  },
};

/** Makes a decision true in a locked group, and notes what its people are told. */
export async function change(group: Group, decision: Decision): Promise<boolean> {
  const row = changes[decision.type] as (group: Group, decision: Decision) => Promise<boolean>;
  return await row(group, decision);
}

/** What the one before could read, the next one may: they are the same person. */
async function succeed(group: Group, { personId, fromId, role }: DecisionOf<"succeed">): Promise<boolean> {
  if (group.conversation.kind === "direct") return true;
  const before = memberOf(group, fromId);
  const isGone = await go(group, fromId, "left");
  if (memberOf(group, personId) !== null) return isGone;
  return await come(group, { personId, role, historyAfter: before?.member.historyAfter });
}

async function join(group: Group, { personId, role }: DecisionOf<"join">): Promise<boolean> {
  return await come(group, { personId, role });
}

async function come(
  group: Group,
  { personId, role, historyAfter }: { personId: PersonId; role: Role; historyAfter?: number | undefined },
): Promise<boolean> {
  if (memberOf(group, personId) !== null) return false;
  const { tx, now, conversation, members } = group;
  const { id: conversationId, position, history } = conversation;
  const person = personOf(group, personId);
  const number = person.host === null ? await takeNumber(tx, personId) : 0;
  await retireFormer(tx, { conversationId, personId }, now);
  const fact = nextFact(group);
  const [member] = await insertMembers(tx, [
    {
      conversationId,
      personId,
      role,
      state: "accepted",
      historyAfter: historyAfter ?? (history === "all" ? 0 : position),
      // What was said before is there to be read, and is no news.
      readPosition: position,
      number,
      joinedRevision: fact.revision,
      joinedAt: now,
      rank: Math.max(-1, ...members.map((each) => each.member.rank)) + 1,
    },
  ]);
  group.members = [...members, { member: member!, person }];
  record(tx, "member.joined", { ...fact, personId });
  if (person.host !== null) return true;
  record(tx, "conversation.created", { conversationId, revision: fact.revision, to: [personId] });
  record(tx, "membership.changed", { personId, conversationId, number, meets: true });
  return true;
}

/** Somebody is in a group no more: they keep what they had until now. */
async function go(group: Group, personId: PersonId, state: "left" | "removed" | "banned"): Promise<boolean> {
  const gone = memberOf(group, personId);
  if (gone === null) return state === "banned" && (await ban(group, personId));
  const { tx, now, conversation } = group;
  const { id: conversationId, revision, position, title } = conversation;
  const number = gone.person.host === null ? await takeNumber(tx, personId) : 0;
  const { role, historyAfter, joinedRevision, archivedAt, folderIds, rank } = gone.member;
  await moveToFormer(tx, {
    ...{ conversationId, personId, role, historyAfter, joinedRevision, archivedAt, folderIds, rank },
    ...{ state, title, number },
    historyUntil: position,
    // What waited to be read is no news any more.
    readPosition: position,
    leftRevision: revision,
    leftAt: now,
    forgottenAt: null,
  });
  group.members = group.members.filter(({ person }) => person.id !== personId);
  record(tx, "member.left", { ...nextFact(group), personId });
  if (gone.person.host === null)
    record(tx, "membership.changed", { personId, conversationId, number, meets: true });
  return true;
}

/** Whoever went already does not come back either. */
async function ban(group: Group, personId: PersonId): Promise<boolean> {
  const { tx, conversation } = group;
  const former = await findFormerMember(tx, { conversationId: conversation.id, personId });
  if (former === null || former.state === "banned") return false;
  await restate(tx, { former, person: personOf(group, personId) }, "banned");
  return true;
}

/** Says otherwise how somebody went: theirs to see, as long as they keep the group in their list. */
export async function restate(
  tx: Transaction,
  { former, person }: { former: FormerRow; person: { host: string | null } },
  state: FormerRow["state"],
): Promise<void> {
  const { conversationId, personId } = former;
  if (person.host !== null || former.forgottenAt !== null) return await updateFormer(tx, former, { state });
  const number = await takeNumber(tx, personId);
  await updateFormer(tx, former, { state, number });
  record(tx, "membership.changed", { personId, conversationId, number, meets: false });
}

async function promote(group: Group, personId: PersonId, role: Role): Promise<boolean> {
  const before = memberOf(group, personId);
  if (before === null || before.member.role === role) return false;
  await setRole(group.tx, before.member, role);
  group.members = group.members.map((each) =>
    each === before ? { ...each, member: { ...each.member, role } } : each,
  );
  record(group.tx, "member.promoted", { ...nextFact(group), personId });
  return true;
}
