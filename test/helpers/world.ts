import { onTestFinished } from "vitest";
import { connect, type Connection } from "#db/connect.ts";
import { insertLocalPerson, upsertRemotePerson, type PersonRow } from "#db/people.ts";
import type { Context } from "#domain/context.ts";
import type { DomainEvent } from "#domain/events.ts";
import type { Signal } from "#domain/signals.ts";
import { startConversation } from "#domain/conversations.ts";
import { postMessage } from "#domain/messages/post.ts";
import { newId, type ConversationId } from "#lib/ids.ts";
import { createEgress } from "#lib/egress.ts";
import { createSecretBox } from "#lib/secret-box.ts";
import { createTestDatabase } from "./database.ts";
import { usualSettings } from "./settings.ts";

/** A server's domain on a database of its own, with a clock that only the test moves. */
export interface World {
  readonly ctx: Context;
  readonly connection: Connection;
  /** The database's address, for a second connection to it. */
  readonly url: string;
  /** Everything told after a commit, in order. */
  readonly events: DomainEvent[];
  /** Everything told and not stored, in order. */
  readonly signals: Signal[];
  /** Called with every batch of events. */
  onCommit(hear: (events: readonly DomainEvent[]) => void): void;
  /** Moves the clock on. */
  pass(milliseconds: number): void;
  /** Adds a person of this server (without password or keys). */
  local(handle: string): Promise<PersonRow>;
  /** Adds a person of another server. */
  remote(handle: string, host?: string): Promise<PersonRow>;
  /** The conversation of two people. */
  between(a: PersonRow, b: PersonRow): Promise<ConversationId>;
  /** Says something; answers the message's row. */
  say(author: PersonRow, conversationId: ConversationId, text: string): ReturnType<typeof say>;
}

/** Makes a world that is gone when the test ends; it may ask `peers` (`host:port`) although they are local. */
export async function createWorld({ peers = [] }: { peers?: readonly string[] } = {}): Promise<World> {
  const database = await createTestDatabase();
  const connection = connect(database.url);
  const egress = createEgress({ allowPrivateAddresses: peers, userAgent: "Luciole" });
  onTestFinished(async () => {
    await egress.close();
    await connection.close();
    await database.drop();
  });
  const events: DomainEvent[] = [];
  const signals: Signal[] = [];
  const hearers: ((events: readonly DomainEvent[]) => void)[] = [];
  let now = Date.UTC(2026, 0, 1);
  const ctx: Context = {
    db: connection.db,
    now: () => new Date(now),
    settings: { origin: "https://a.example", host: "a.example", ...usualSettings },
    secrets: createSecretBox(new Uint8Array(32).fill(7)),
    egress,
    committed: (batch) => {
      events.push(...batch);
      for (const hear of hearers) hear(batch);
    },
    uncertain: () => {},
    signal: (signal) => void signals.push(signal),
    failpoint: async () => {},
  };
  return {
    ctx,
    connection,
    url: database.url,
    events,
    signals,
    onCommit: (hear) => void hearers.push(hear),
    pass: (milliseconds) => void (now += milliseconds),
    local: async (handle) => {
      const row = await insertLocalPerson(ctx.db, { id: newId<"person">(), handle, createdAt: ctx.now() });
      if (row === null) throw new Error(`${handle} is taken`);
      return row;
    },
    remote: (handle, host = "b.example") => {
      const uri = `https://${host}/users/${handle}`;
      const row = { id: newId<"person">(), handle, host, uri, inbox: `${uri}/inbox`, createdAt: ctx.now() };
      return upsertRemotePerson(ctx.db, { ...row, fetchedAt: ctx.now() });
    },
    between: async (a, b) => (await startConversation(ctx, { personId: a.id, withId: b.id })).id,
    say: (author, conversationId, text) => say(ctx, { author, conversationId, text }),
  };
}

async function say(ctx: Context, said: { author: PersonRow; conversationId: ConversationId; text: string }) {
  const { author, conversationId, text } = said;
  const idempotency = { client: "test", key: crypto.randomUUID() };
  const { message } = await postMessage(ctx, { authorId: author.id, conversationId, text, idempotency });
  return message;
}
