import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { saveDraft } from "#domain/drafts.ts";
import { createFolder } from "#domain/folders.ts";
import { invitePerson } from "#domain/groups/invite.ts";
import { createLink } from "#domain/groups/links.ts";
import { changeGroup } from "#domain/groups/verbs.ts";
import { orderMail } from "#domain/mail/order.ts";
import { deleteMessage, editMessage, hideMessage } from "#domain/messages/change.ts";
import { saveMessage } from "#domain/messages/keep.ts";
import { pinMessage } from "#domain/messages/pin.ts";
import { addReaction } from "#domain/messages/react.ts";
import { addAlias } from "#domain/moving/aliases.ts";
import { carryOver } from "#domain/moving/carry.ts";
import { moveAway } from "#domain/moving/move-away.ts";
import { moveRemotePerson } from "#domain/moving/take-in.ts";
import type { PersonRow } from "#domain/people.ts";
import { changePreferences } from "#domain/preferences.ts";
import { renamePerson } from "#domain/rename.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { indexConversations } from "#domain/search/indexing.ts";
import { beginSession } from "#domain/sign-in/begin.ts";
import { makeRecoveryCodes } from "#domain/sign-in/recovery.ts";
import { openTicket } from "#domain/tickets.ts";
import type { ConversationId } from "#lib/ids.ts";
import { decided, groupOf } from "../../../test/helpers/groups.ts";
import { givePasskey, giveTotp } from "../../../test/helpers/second-factor.ts";
import { whereIs } from "../../../test/helpers/where-is.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { endOwnAccount } from "./end.ts";
import { workOffEndings } from "./work.ts";

const DAY_MS = 24 * 3600 * 1000;
const CANARY = "kanarienvogel";

/**
 * What becomes of somebody in each table: `gone`, nothing names them any more; else the columns that still do, and why. A new table
 * fails here until it is decided.
 */
const fates: Readonly<Record<string, "gone" | { columns: readonly string[]; because: string }>> = {
  _private_jobs: "gone",
  account: "gone",
  activity: {
    columns: ["actor_id", "audience", "other_id", "detail"],
    because: "what was told to other servers, by ids, as long as their answers count",
  },
  app: "gone",
  audit_entry: {
    columns: ["actor_id", "person_id"],
    because: "what was done and decided, without words, for a year",
  },
  authorization_code: "gone",
  conversation: { columns: ["created_by"], because: "the others' conversations" },
  conversation_alias: "gone",
  custom_emoji: "gone",
  data_export: "gone",
  delivery: { columns: ["author_id", "conversation_id"], because: "who was told that they are gone" },
  departure: "gone",
  device: "gone",
  draft: "gone",
  export_chunk: "gone",
  folder: "gone",
  former_member: { columns: ["person_id"], because: "others know who was there" },
  held_handle: { columns: ["person_id", "handle"], because: "nobody else gets their name, ever" },
  hidden_message: "gone",
  idempotency_key: "gone",
  identity: "gone",
  invitation: {
    columns: ["person_id", "inviter_id"],
    because: "nobody is asked into a group twice without end",
  },
  invite_link: { columns: ["created_by"], because: "shut; others' requests name it" },
  ip_rule: { columns: ["created_by"], because: "holds for the server" },
  issuer: "gone",
  join_request: "gone",
  lane: { columns: ["conversation_id"], because: "the way out of what they told last" },
  log_entry: { columns: ["decision"], because: "what the group decided, by ids" },
  member: { columns: ["person_id"], because: "with whom the others spoke" },
  message: {
    columns: ["author_id", "audience", "notice", "withheld_from", "deleted_by"],
    because:
      "that there was a message, whose the others' were, who took one away, and what happened in groups",
  },
  message_version: "gone",
  opaque_delivery: "gone",
  passkey: "gone",
  peer: "gone",
  person_alias: "gone",
  person: { columns: ["id", "handle"], because: "the tombstone" },
  picture: "gone",
  preference: "gone",
  rate_limit: "gone",
  reaction: "gone",
  received_activity: "gone",
  recovery_code: "gone",
  relation: { columns: ["other_id"], because: "what others chose about them is theirs" },
  remote_key: "gone",
  replica: "gone",
  role_permission: "gone",
  saved_message: "gone",
  search_entry: "gone",
  search_progress: "gone",
  server_rule: "gone",
  server_setting: "gone",
  session: "gone",
  sign_up_code: { columns: ["created_by"], because: "holds for the server" },
  sign_up_request: "gone",
  signing_key: "gone",
  ticket: "gone",
  token: "gone",
  tombstone: "gone",
  totp: "gone",
  unnumbered_activity: "gone",
};

/** Tables of which somebody here cannot have a row that names them. */
const unfilled = new Set(
  [
    "app conversation_alias custom_emoji data_export departure export_chunk issuer join_request peer picture",
    "rate_limit received_activity remote_key replica role_permission search_entry search_progress server_rule server_setting",
    "sign_up_request token tombstone unnumbered_activity former_member held_handle ip_rule log_entry sign_up_code",
    "message_version lane",
  ].flatMap((line) => line.split(" ")),
);

async function tablesOf({ connection }: World): Promise<string[]> {
  const rows = await connection.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where (table_schema = 'public' or table_name = '_private_jobs') and table_type = 'BASE TABLE' order by table_name`;
  return rows.map(({ name }) => name);
}

/** Somebody who did everything that leaves something behind, with their mark in all that they wrote. */
async function live(world: World, ann: PersonRow) {
  const { ctx, connection } = world;
  const [bo, cy] = [await world.local("bo"), await world.local("cy")];
  const far = await world.remote("far");
  await connection.sql`update person set name = ${CANARY}, profile_url = ${`https://x.example/${CANARY}`} where id = ${ann.id}`;
  await connection.sql`update account set email = ${`${CANARY}@x.example`}, email_confirmed_at = now() where person_id = ${ann.id}`;
  const [near, abroad] = [await world.between(ann, bo), await world.between(ann, far)];
  const [, theirs] = [await world.say(ann, near, `${CANARY} first`), await world.say(bo, near, "theirs")];
  const sent = await world.say(ann, abroad, `${CANARY} abroad`);
  await editMessage(ctx, { personId: ann.id, messageId: sent.id, text: `${CANARY} edited` });
  await addReaction(ctx, { personId: ann.id, messageId: theirs.id, emoji: "👍" });
  await saveMessage(ctx, { personId: ann.id, messageId: theirs.id });
  await hideMessage(ctx, { personId: ann.id, messageId: (await world.say(bo, near, "hidden")).id });
  await saveDraft(ctx, { personId: ann.id, conversationId: near, text: `${CANARY} draft`, inReplyTo: null });
  await createFolder(ctx, { personId: ann.id, name: CANARY });
  await changePreferences(ctx, {
    personId: ann.id,
    change: { status: { text: CANARY, until: null } },
  });
  const eve = await world.local("eve");
  await world.between(ann, eve);
  const group = await groupOf(world, [ann, bo, cy]);
  await blockPerson(ctx, { personId: cy.id, otherId: ann.id, kind: "silent" });
  await world.say(ann, group, `${CANARY} in the group`);
  await createLink(ctx, {
    personId: ann.id,
    conversationId: group,
    uses: null,
    expiresAt: null,
    approval: false,
  });
  await changeGroup(ctx, {
    personId: ann.id,
    conversationId: group,
    change: { description: "of the group" },
  });
  await invitePerson(ctx, { personId: ann.id, conversationId: group, inviteeId: eve.id });
  await blockPerson(ctx, { personId: ann.id, otherId: eve.id, kind: "silent" });
  const other = await groupOf(world, [bo, cy]);
  await decided(world, other, [{ type: "join", personId: ann.id, role: "member", by: bo.id }]);
  await connection.sql`
    insert into invitation (id, conversation_id, person_id, inviter_id, state, created_at, changed_at)
    values (gen_random_uuid(), ${other}, ${ann.id}, ${bo.id}, 'pending', now(), now())`;
  await signInEverywhere(world, ann);
  await renamePerson(ctx, { personId: ann.id, handle: "anna", by: null });
  const naming = await world.say(bo, group, "@anna theirs");
  await pinMessage(ctx, { personId: ann.id, messageId: naming.id });
  await deleteMessage(ctx, { personId: ann.id, messageId: (await world.say(bo, group, "taken away")).id });
  const language = "en";
  const email = `${CANARY}@x.example`;
  await orderMail(ctx.db, { letter: "confirm", personId: ann.id, email, language, ticket: "x" });
  await orderMail(ctx.db, { letter: "reset", to: { email }, language });
  await orderMail(ctx.db, { letter: "reset", to: { handle: ann.handle }, language });
  await moveInAndOut(world, ann, await groupOf(world, [bo, cy]));
  await indexConversations(ctx, [near, abroad, group]);
  return naming;
}

/** Somebody has become them, and they go on as somebody else. */
async function moveInAndOut(world: World, ann: PersonRow, group: ConversationId): Promise<void> {
  const { ctx } = world;
  const [before, next] = [await world.remote("before"), await world.local("next")];
  await addAlias(ctx, { personId: ann.id, otherId: before.id });
  await moveRemotePerson(ctx, { uri: before.uri!, toId: ann.id });
  await decided(world, group, [
    {
      ...{ type: "succeed", personId: ann.id, fromId: before.id, fromAddress: `@${CANARY}@b.example` },
      ...{ role: "member", by: ann.id, isKnown: true },
    },
  ]);
  await addAlias(ctx, { personId: next.id, otherId: ann.id });
  await moveAway(ctx, { personId: ann.id, toId: next.id });
  await carryOver(ctx, { fromId: ann.id, toId: next.id });
}

async function signInEverywhere({ ctx, connection }: World, ann: PersonRow): Promise<void> {
  const { sql } = connection;
  const device = { userAgent: CANARY, address: "192.0.2.7" };
  await beginSession(ctx, { personId: ann.id, device, by: "passkey" });
  await giveTotp(ctx, ann.id);
  await givePasskey(ctx, ann.id);
  await makeRecoveryCodes(ctx, { personId: ann.id });
  await sql`update passkey set name = ${CANARY} where person_id = ${ann.id}`;
  await openTicket(ctx, ctx.db, { purpose: "email", seconds: 9e8, personId: ann.id, data: {} });
  await sql`insert into app (id, client_id, name, redirect_uris, scopes, created_at) values (gen_random_uuid(), 'x', 'x', '{}', '{}', now())`;
  await sql`
    insert into authorization_code (hash, app_id, person_id, redirect_uri, scopes, expires_at, session_id)
    select 'x', app.id, ${ann.id}, 'x', '{}', now(), session.id from app, session where person_id = ${ann.id} limit 1`;
  await sql`
    insert into issuer (id, slug, name, uri, signs_in, accepts_tokens, algorithms, makes_accounts, created_at)
    values (gen_random_uuid(), 'x', 'x', 'https://x.example', true, false, '{}', true, now())`;
  await sql`insert into identity (issuer_id, subject, person_id, created_at) select id, ${CANARY}, ${ann.id}, now() from issuer`;
  await sql`insert into person_alias (person_id, other_id, created_at) select ${ann.id}, id, now() from person where host is not null limit 1`;
  await sql`insert into device (id, person_id, name, created_at) values (gen_random_uuid(), ${ann.id}, ${CANARY}, now())`;
  await sql`
    insert into opaque_delivery (person_id, number, media_type, body, received_at)
    values (${ann.id}, 1, 'x', ${Buffer.from(CANARY)}, now())`;
}

test("of somebody who is gone nothing is left but what is listed, with its reason", async () => {
  const world = await createWorld();
  const { ctx, connection } = world;
  const tables = await tablesOf(world);
  expect(tables.filter((table) => fates[table] === undefined)).toEqual([]);
  const ann = await createAccount(ctx, {
    handle: `ann_${CANARY}`.slice(0, 30),
    password: "firefly-night",
    role: "member",
  });
  const naming = await live(world, ann);
  const named = new Set((await whereIs(connection.sql, ann.id)).map(({ table }) => table));
  expect(tables.filter((table) => !named.has(table) && !unfilled.has(table))).toEqual([]);
  expect((await whereIs(connection.sql, CANARY)).length).toBeGreaterThanOrEqual(15);
  await endOwnAccount(ctx, { personId: ann.id });
  world.pass(31 * DAY_MS);
  await workOffEndings(ctx);
  // Until other servers know, there is something to be signed.
  expect((await whereIs(connection.sql, ann.id)).map(({ table }) => table)).toContain("signing_key");
  await connection.sql`update delivery set state = 'accepted' where state = 'waiting'`;
  await workOffEndings(ctx);
  const left = [...(await whereIs(connection.sql, ann.id)), ...(await whereIs(connection.sql, CANARY))];
  const unlisted = left.filter(({ table, column }) => {
    const fate = fates[table];
    return fate === undefined || fate === "gone" || !fate.columns.includes(column);
  });
  expect(unlisted).toEqual([]);
  expect((await whereIs(connection.sql, "192.0.2.7")).length).toBe(0);
  const [pin] = await connection.sql`
    select pinned_at is not null as stands, pinned_by as by from message where id = ${naming.id}`;
  expect(pin).toEqual({ stands: true, by: null });
  const moved = await connection.sql`
    select text from message where notice ->> 'type' = 'moved'`;
  expect(new Set(moved.map(({ text }) => text as string))).toEqual(
    new Set(["next goes on with this account.", "Somebody goes on with this account."]),
  );
});
