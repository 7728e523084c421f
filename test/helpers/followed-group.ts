import { saveKeyPairs, makeKeyPairs } from "#domain/keys.ts";
import type { PersonId } from "#lib/ids.ts";
import type { ConversationPage, Own } from "#protocol/api.ts";
import type { AppOptions } from "./app.ts";
import { serveActor, type HostileActor } from "./hostile-actor.ts";
import { startHostileApp, type Activity, type HostileApp } from "./hostile-app.ts";
import { poll } from "./poll.ts";

/** A group that eve's server keeps, in which eve and ann are. */
export interface FollowedGroup {
  readonly app: HostileApp;
  readonly keeper: HostileActor;
  readonly room: string;
  /** The group's id here. */
  readonly conversationId: string;
  /** A number of its log. */
  entry(seq: number, object: unknown, changes?: Activity): Activity;
  /** What the keeper's server answers to who asks for what comes after a number. */
  serveLog(after: number, newest: number, entries: readonly Activity[]): void;
  /** Somebody comes in. */
  joins(uri: string): Activity;
  /** Sends something in somebody's name; answers the status. */
  send(activity: Activity, by: HostileActor): Promise<number>;
}

/** What somebody says to ann in the group. */
export function saidIn(
  { app, room }: Pick<FollowedGroup, "app" | "room">,
  by: Pick<HostileActor, "id">,
  { name, content = name }: { name: string; content?: string },
) {
  const id = `${by.id}/notes/${encodeURIComponent(name)}`;
  const note = { id, attributedTo: by.id, context: room, content };
  return app.create(note, { id: `${id}/create`, actor: by.id });
}

/** Lets ann be asked into it and come. */
export async function followGroup(options: Pick<AppOptions, "webFolder"> = {}): Promise<FollowedGroup> {
  const app = await startHostileApp(options);
  const { peer, ann, eve } = app;
  const keeper = serveActor(peer, "keeper", eve.keys);
  peer.document(keeper.path, { ...keeper.document, type: "Application" });
  peer.answer(`${keeper.path}/inbox`, (_request, response) => void response.writeHead(202).end());
  const room = peer.url("/r/1");
  const [log, context] = [`${room}/log`, "https://www.w3.org/ns/activitystreams"];
  const target = { id: log, type: "OrderedCollection", attributedTo: keeper.id };
  const entry: FollowedGroup["entry"] = (seq, object, changes) => {
    const common = { id: `${log}/${seq}`, type: "Add", actor: keeper.id, chatSeq: seq, chatEpoch: seq };
    return { ...common, object, target, to: [ann.uri], ...changes };
  };
  const serveLog: FollowedGroup["serveLog"] = (after, chatSeq, orderedItems) => {
    const id = `${log}?after=${after}`;
    const type = "OrderedCollectionPage";
    const page = { id, type, partOf: log, attributedTo: keeper.id, chatSeq, orderedItems };
    peer.document(`/r/1/log?after=${after}`, page);
  };
  const joins: FollowedGroup["joins"] = (object) => {
    return { type: "Add", object, target: `${room}/members`, chatRole: "member", chatBy: eve.id };
  };
  const send: FollowedGroup["send"] = async (activity, by) =>
    (await app.send(app.signed(activity, {}, by))).status;
  const described = { "@context": context, id: room, type: "OrderedCollection", attributedTo: keeper.id };
  const about = { ...described, name: "Trip", chatEpoch: 0 };
  peer.document("/r/1", about);
  const members = { id: `${room}/members`, type: "Collection", items: [eve.id], chatOwner: eve.id };
  peer.document("/r/1/members", members);
  await saveKeyPairs(app.ctx, app.ctx.db, { personId: ann.id as PersonId, pairs: await makeKeyPairs() });
  const asks = { id: `${keeper.id}/invite/1`, type: "Invite", actor: keeper.id, object: about };
  await send({ ...asks, target: ann.uri, chatInviter: eve.id, to: [ann.uri] }, keeper);
  const { token } = ann;
  const { invitations } = (await app.request("/api/chat/v1/me/own", { token })).json as Own;
  await app.request(`/api/chat/v1/invitations/${invitations[0]?.id}/accept`, { method: "POST", token });
  await delivered(app);
  await send(entry(1, joins(ann.uri)), keeper);
  const { json } = await app.request("/api/chat/v1/conversations?state=accepted", { token });
  const conversationId = (json as ConversationPage).conversations[0]!.conversation.id;
  return { app, keeper, room, conversationId, entry, serveLog, joins, send };
}

/** Settles when nothing is on its way to other servers any more. */
export async function delivered({ connection }: Pick<HostileApp, "connection">): Promise<void> {
  await poll("all is delivered", async () => {
    const [row] = await connection.sql<{ waiting: number; held: number }[]>`
      select (select count(*)::int from delivery where state = 'waiting') as waiting,
        (select count(*)::int from lane where lease_token is not null or next_attempt_at is not null) as held`;
    return row?.waiting === 0 && row.held === 0;
  });
}
