import fc from "fast-check";
import type { Context } from "#domain/context.ts";
import { answerRequest } from "#domain/conversations.ts";
import { cancelDeliveries, retryDeliveries } from "#domain/deliveries.ts";
import { leaseLanes, nextDelivery, releaseLane } from "#domain/lanes.ts";
import { deleteDraft, saveDraft } from "#domain/drafts.ts";
import { changeFolder, createFolder, deleteFolder, listFolders } from "#domain/folders.ts";
import { changeMembership, markRead, readAll, type SideChange } from "#domain/membership.ts";
import { workOffEndings } from "#domain/ending/work.ts";
import { deleteMessage, editMessage, hideMessage } from "#domain/messages/change.ts";
import { saveMessage, unsaveMessage } from "#domain/messages/keep.ts";
import { pinMessage, unpinMessage } from "#domain/messages/pin.ts";
import { addReaction, removeReaction } from "#domain/messages/react.ts";
import { moveRemotePerson } from "#domain/moving/take-in.ts";
import { deleteRemotePerson, saveRemotePerson, type PersonRow } from "#domain/people.ts";
import { renamePerson } from "#domain/rename.ts";
import { changePreferences } from "#domain/preferences.ts";
import { blockPerson, mutePerson, unblockPerson, unmutePerson } from "#domain/relations/change.ts";
import { settleDelivery, type Outcome } from "#domain/settle.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { World } from "./world.ts";

/** Two people, of whom the second may live elsewhere, and what was said between them. */
interface Scene {
  readonly world: World;
  readonly people: readonly [PersonRow, PersonRow];
  readonly conversationId: ConversationId;
  readonly posted: MessageId[];
}

/** One thing that happens, and what was made up for it (which is printed when it breaks the law). */
interface Step {
  readonly deed: string;
  readonly made: unknown;
  readonly happen: (scene: Scene) => Promise<unknown>;
}

/** A kind of thing that may happen. */
interface Deed {
  readonly weight: number;
  readonly steps: fc.Arbitrary<Omit<Step, "deed">>;
}

interface Actor extends Scene {
  readonly ctx: Context;
  readonly person: PersonRow;
  readonly personId: PersonId;
  readonly pair: { readonly personId: PersonId; readonly otherId: PersonId };
}

interface OfMessage {
  readonly personId: PersonId;
  readonly messageId: MessageId;
}

type Said = Parameters<typeof saveRemotePerson>[1];

const anybody = fc.constantFrom(0 as const, 1 as const);
const first = fc.constant(0 as const);
const nothing = fc.constant(null);
const emoji = (at: number) => ["👍", "🎉"][at % 2]!;

/** From the moment before anything happened, until after everything has. */
const untils = fc.constantFrom(null, new Date(Date.UTC(2026, 0, 1, 0, 10)), new Date(Date.UTC(2027, 0, 1)));
const sideChanges: fc.Arbitrary<SideChange> = fc.oneof(
  fc.record({ pinned: fc.boolean() }),
  fc.record({ archived: fc.constantFrom(true, true, false) }),
  fc.record({ markedUnread: fc.boolean() }),
  fc.record({ mute: fc.option(fc.record({ mode: fc.constantFrom("all", "mentions"), until: untils })) }),
);

/** Every kind of thing that may happen: to have a new one obey the law, add its row. */
const deeds: Readonly<Record<string, Deed>> = {
  say: often(12, anyone(fc.nat(), say)),
  edit: often(2, anyone(fc.nat(), edit)),
  delete: onMessage(deleteMessage),
  hide: onMessage(hideMessage),
  react: onMessage((ctx, of, at) => addReaction(ctx, { ...of, emoji: emoji(at) })),
  unreact: onMessage((ctx, of, at) => removeReaction(ctx, { ...of, emoji: emoji(at) })),
  pin: onMessage(pinMessage),
  unpin: onMessage(unpinMessage),
  save: onMessage(saveMessage),
  unsave: onMessage(unsaveMessage),
  retry: onMessage(retryDeliveries, first),
  cancel: onMessage(cancelDeliveries, first),
  read: anyone(fc.nat(), ({ ctx, personId, conversationId, posted }, at) =>
    markRead(ctx, { personId, conversationId, position: at % (posted.length + 1) }),
  ),
  answer: often(
    3,
    anyone(fc.constantFrom("accepted", "declined"), ({ ctx, personId, conversationId }, answer) =>
      answerRequest(ctx, { personId, conversationId, answer }),
    ),
  ),
  share: ours(fc.constantFrom(true, false, null), ({ ctx, personId, conversationId }, receipts) =>
    changeMembership(ctx, { personId, conversationId, change: { sharing: { receipts } } }),
  ),
  arrange: often(
    4,
    ours(sideChanges, ({ ctx, personId, conversationId }, change) =>
      changeMembership(ctx, { personId, conversationId, change }),
    ),
  ),
  "read all": ours(nothing, ({ ctx, personId }) => readAll(ctx, personId)),
  draft: ours(fc.nat({ max: 2 }), ({ ctx, personId, conversationId, posted }, at) =>
    saveDraft(ctx, { personId, conversationId, text: `draft ${at}`, inReplyTo: posted[at] ?? null }),
  ),
  "throw away": ours(nothing, ({ ctx, personId, conversationId }) =>
    deleteDraft(ctx, { personId, conversationId }),
  ),
  file: often(2, ours(fc.nat({ max: 9 }), file)),
  prefer: ours(fc.boolean(), ({ ctx, personId }, receipts) =>
    changePreferences(ctx, { personId, change: { receipts } }),
  ),
  block: ours(fc.constantFrom("open", "silent"), ({ ctx, pair }, kind) =>
    blockPerson(ctx, { ...pair, kind }),
  ),
  unblock: ours(nothing, ({ ctx, pair }) => unblockPerson(ctx, pair)),
  mute: ours(fc.constantFrom(null, new Date(0)), ({ ctx, pair }, until) =>
    mutePerson(ctx, { ...pair, until }),
  ),
  unmute: ours(nothing, ({ ctx, pair }) => unmutePerson(ctx, pair)),
  "take another handle": ours(fc.nat({ max: 3 }), ({ ctx, person, personId }, at) =>
    renamePerson(ctx, { personId, by: null, handle: `${person.handle}_${at}` }),
  ),
  rename: elsewhere((ctx, said, at) => saveRemotePerson(ctx, { ...said, name: `Bo ${at}` })),
  "change handle": elsewhere((ctx, said, at) =>
    saveRemotePerson(ctx, { ...said, handle: `${said.handle}${at}` }),
  ),
  "delete account": elsewhere((ctx, { uri }) => deleteRemotePerson(ctx, { uri })),
  "take away": ours(nothing, ({ ctx }) => workOffEndings(ctx)),
  move: elsewhere(async (ctx, said, at) => {
    const { id } = await saveRemotePerson(ctx, { ...said, uri: `${said.uri}/next`, handle: `next${at}` });
    await moveRemotePerson(ctx, { uri: said.uri, toId: id });
  }),
  deliver: often(3, deed(fc.constantFrom("accepted", "refused", "retry"), deliver)),
};

/** Any step of any deed. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(deeds).map(([name, { weight, steps: made }]) => ({
    weight,
    arbitrary: made.map((step) => ({ deed: name, ...step })),
  })),
);

/** Lets a step happen. Not everything that a script asks for is allowed; what is refused must change nothing. */
export async function take(scene: Scene, { happen }: Step): Promise<void> {
  scene.world.pass(1_000);
  try {
    await happen(scene);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function deed<Input>(
  input: fc.Arbitrary<Input>,
  happen: (scene: Scene, made: Input) => Promise<unknown>,
): Deed {
  return { weight: 1, steps: input.map((made) => ({ made, happen: (scene) => happen(scene, made) })) };
}

function often(weight: number, { steps: made }: Deed): Deed {
  return { weight, steps: made };
}

/** Done by one of the two. */
function anyone<Input>(
  input: fc.Arbitrary<Input>,
  act: (actor: Actor, made: Input) => Promise<unknown>,
  who: fc.Arbitrary<0 | 1> = anybody,
): Deed {
  return deed(fc.tuple(who, input), (scene, [index, made]) => {
    const [person, other] = [scene.people[index], scene.people[index === 0 ? 1 : 0]];
    const pair = { personId: person.id, otherId: other.id };
    return act({ ...scene, ctx: scene.world.ctx, person, personId: person.id, pair }, made);
  });
}

/** Done by one of the two, if they live here. */
function ours<Input>(input: fc.Arbitrary<Input>, act: (actor: Actor, made: Input) => Promise<unknown>): Deed {
  return anyone(input, async (actor, made) => {
    if (actor.person.host === null) await act(actor, made);
  });
}

/** Done to one of the messages, if there is any. */
function onMessage(
  act: (ctx: Context, of: OfMessage, at: number) => Promise<unknown>,
  who?: fc.Arbitrary<0 | 1>,
): Deed {
  const actOn = async ({ ctx, personId, posted }: Actor, at: number) => {
    const messageId = posted[at % Math.max(posted.length, 1)];
    if (messageId !== undefined) await act(ctx, { personId, messageId }, at);
  };
  return anyone(fc.nat(), actOn, who);
}

/** What another server says of its person, if the second one is such a person. */
function elsewhere(act: (ctx: Context, said: Said, at: number) => Promise<unknown>): Deed {
  return deed(fc.nat({ max: 3 }), async ({ world, people }, at) => {
    const { uri, host, handle, kind, profileUrl, inbox } = people[1];
    if (uri === null || host === null) return;
    await act(world.ctx, { uri, host, handle, kind, profileUrl, inbox, name: "Bo" }, at);
  });
}

/** Makes, moves, fills and deletes folders. */
async function file({ ctx, personId, conversationId }: Actor, at: number): Promise<void> {
  const folders = await listFolders(ctx, personId);
  const { id: folderId } = folders[at % Math.max(folders.length, 1)] ?? {};
  if (folderId === undefined || at < 2) await createFolder(ctx, { personId, name: `folder ${at}` });
  else if (at === 9) await deleteFolder(ctx, { personId, folderId });
  else if (at > 6) await changeFolder(ctx, { personId, folderId, change: { name: `${at}`, rank: at - 7 } });
  else await changeMembership(ctx, { personId, conversationId, change: { folderIds: [folderId] } });
}

async function say({ world, people, person, conversationId, posted }: Actor, at: number): Promise<void> {
  posted.push((await world.say(person, conversationId, textAt(people, at))).id);
}

async function edit({ ctx, people, personId, posted }: Actor, at: number): Promise<void> {
  const messageId = posted[at % Math.max(posted.length, 1)];
  const text = `edited ${textAt(people, at)}`;
  if (messageId !== undefined) await editMessage(ctx, { personId, messageId, text });
}

/** A text that names nobody, or one of the two. */
function textAt(people: Scene["people"], at: number): string {
  const name = [null, ...people.map(({ handle }) => handle)][at % 3];
  return name ? `${at} @${name}` : `${at}`;
}

async function deliver({ world }: Scene, state: Outcome["state"]): Promise<void> {
  const outcome: Outcome = state === "accepted" ? { state } : { state, reason: "http_500" };
  for (const lane of await leaseLanes(world.ctx, { limit: 10, leaseMs: 60_000 })) {
    const delivery = await nextDelivery(world.ctx, lane);
    if (delivery === null) {
      await releaseLane(world.ctx, lane);
      continue;
    }
    const { goOn } = await settleDelivery(world.ctx, { lane, deliveryId: delivery.id, outcome });
    if (goOn) await releaseLane(world.ctx, lane);
  }
  world.pass(60_000);
}
