import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A message that its author has sent and that the server has not confirmed. */
export interface StoredSend {
  /** The idempotency key; the server keeps one message per key. Sorts by time. */
  key: string;
  personId: string;
  conversationId: string;
  text: string;
  inReplyTo: string | null;
  /** The message that is passed on; `text` then only shows its words meanwhile. */
  forward?: string;
  createdAt: string;
  /** Why the server refused it; null while it is still to be tried. */
  refusal: string | null;
}

export interface StoredDraft {
  personId: string;
  conversationId: string;
  text: string;
  inReplyTo: string | null;
  changedAt: string;
  /** Whether the server has it. */
  told: boolean;
}

interface Schema extends DBSchema {
  outbox: { key: string; value: StoredSend; indexes: { person: string } };
  drafts: { key: [string, string]; value: StoredDraft; indexes: { person: string } };
}

/**
 * What survives a reload, in IndexedDB, apart for each person who signs in with this browser. Where the browser keeps
 * nothing for this site, nothing survives, and all else works.
 */
export class Storage {
  readonly #opening: Promise<IDBPDatabase<Schema> | null>;

  constructor(name = "luciole") {
    this.#opening = openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore("outbox", { keyPath: "key" }).createIndex("person", "personId");
        const drafts = db.createObjectStore("drafts", { keyPath: ["personId", "conversationId"] });
        drafts.createIndex("person", "personId");
      },
    }).catch(() => null);
  }

  /** The unsent messages of a person, oldest first; null where nothing is kept. */
  async unsent(personId: string): Promise<StoredSend[] | null> {
    const all = await (await this.#opening)?.getAllFromIndex("outbox", "person", personId);
    return all?.toSorted((a, b) => (a.key < b.key ? -1 : 1)) ?? null;
  }

  async keepSend(send: StoredSend): Promise<void> {
    await (await this.#opening)?.put("outbox", send);
  }

  async dropSend(key: string): Promise<void> {
    await (await this.#opening)?.delete("outbox", key);
  }

  async drafts(personId: string): Promise<StoredDraft[]> {
    return (await (await this.#opening)?.getAllFromIndex("drafts", "person", personId)) ?? [];
  }

  /** Keeps a draft; an empty one is forgotten once the server has been told. */
  async keepDraft(draft: StoredDraft): Promise<void> {
    const db = await this.#opening;
    if (draft.text === "" && draft.inReplyTo === null && draft.told) {
      await db?.delete("drafts", [draft.personId, draft.conversationId]);
    } else await db?.put("drafts", draft);
  }

  /** Forgets all that anybody left in this browser. */
  async forget(): Promise<void> {
    const db = await this.#opening;
    await Promise.all([db?.clear("outbox"), db?.clear("drafts")]);
  }

  async close(): Promise<void> {
    (await this.#opening)?.close();
  }
}
