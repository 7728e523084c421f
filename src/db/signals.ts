import { and, eq, gt, ne, sql, type SQLWrapper } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { buildOnce, isAmong } from "./prepare.ts";
import { areSevered } from "./relations.ts";
import { conversation, member } from "./schema/conversations.ts";
import { person, preference } from "./schema/people.ts";

const mine = alias(member, "mine");
const theirs = alias(member, "theirs");
const myChoice = alias(preference, "my_choice");
const theirChoice = alias(preference, "their_choice");

/** The choice for a conversation, else the preference; whoever chose nothing shares. */
function shares(choice: SQLWrapper, preferred: SQLWrapper) {
  return sql<boolean>`coalesce(${choice}, ${preferred}, true)`;
}

/** Each other member of a conversation beside one, with what the two chose. */
const isOther = and(eq(theirs.conversationId, mine.conversationId), ne(theirs.personId, mine.personId));
const isOtherPerson = eq(person.id, theirs.personId);
const isMyChoice = eq(myChoice.personId, mine.personId);
const isTheirChoice = eq(theirChoice.personId, theirs.personId);

/** Somebody whom a signal may be for. */
const addressee = { id: person.id, host: person.host, uri: person.uri, signals: person.signals };

const typingAudience = buildOnce((db) =>
  db
    .select({ conversationId: mine.conversationId, ...addressee })
    .from(mine)
    .innerJoin(theirs, isOther)
    .innerJoin(person, isOtherPerson)
    .leftJoin(myChoice, isMyChoice)
    .leftJoin(theirChoice, isTheirChoice)
    .where(
      and(
        isAmong(mine.conversationId, "ids"),
        eq(mine.personId, sql.placeholder("personId")),
        eq(mine.state, "accepted"),
        eq(theirs.state, "accepted"),
        eq(person.state, "active"),
        shares(mine.typing, myChoice.typing),
        shares(theirs.typing, theirChoice.typing),
        sql`not ${areSevered(mine.personId, theirs.personId)}`,
      ),
    )
    .prepare("typing_audience"),
);

/**
 * Who is to see that a member writes in any of these conversations: whoever has accepted as they have, shares typing as
 * they do, and is not severed from them.
 */
export async function findTypingAudience(
  q: Queryable,
  personId: PersonId,
  conversationIds: readonly ConversationId[],
) {
  return await typingAudience(q).execute({ personId, ids: conversationIds });
}

const circle = buildOnce((db) => {
  const isShared = and(
    shares(mine.presence, myChoice.presence),
    shares(theirs.presence, theirChoice.presence),
    sql`not ${areSevered(mine.personId, theirs.personId)}`,
  );
  const third = sql`select from member third where third.conversation_id = ${mine.conversationId}
    and third.person_id not in (${mine.personId}, ${theirs.personId})`;
  const where = and(
    eq(mine.personId, sql.placeholder("personId")),
    eq(mine.state, "accepted"),
    eq(theirs.state, "accepted"),
    eq(person.state, "active"),
    eq(conversation.kind, "direct"),
    gt(conversation.activityAt, sql.placeholder("since")),
    sql`not exists (${third})`,
  );
  return db
    .select({ ...addressee, visible: sql<boolean>`${isShared}`, myChoice, theirChoice })
    .from(mine)
    .innerJoin(theirs, isOther)
    .innerJoin(person, isOtherPerson)
    .leftJoin(myChoice, isMyChoice)
    .leftJoin(theirChoice, isTheirChoice)
    .innerJoin(conversation, eq(conversation.id, mine.conversationId))
    .where(where)
    .prepare("circle");
});

/**
 * Everybody who has a conversation of two with this person that both accepted and that was alive after `since`; whether
 * the two may see of each other who is there; and what each chose to show.
 */
export async function findCircle(q: Queryable, personId: PersonId, since: Date) {
  const rows = await circle(q).execute({ personId, since: since.toISOString() });
  return rows.map(({ myChoice: chosen, theirChoice: chosenByThem, ...row }) => {
    return { ...row, mine: shownBy(chosen), theirs: shownBy(chosenByThem) };
  });
}

/** What somebody shows of themselves beside whether they are there; nothing by default. */
function shownBy(chosen: typeof preference.$inferSelect | null) {
  const { invisible = false, statusText: text = null, statusUntil: until = null } = chosen ?? {};
  return { invisible, text, until };
}
