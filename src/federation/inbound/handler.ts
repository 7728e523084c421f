import type { Context } from "#domain/context.ts";
import type { PersonRow } from "#domain/people.ts";
import type { Documents } from "../documents.ts";
import type { Newcomers } from "../newcomers.ts";
import type { Recipients } from "../recipients.ts";
import type { RemoteActors } from "../remote-actors.ts";
import type { RemoteKeys } from "../remote-keys.ts";
import {
  isAboutItself,
  namesOrigin,
  readObjectType,
  readType,
  type Unread,
} from "../translate/activity-in.ts";
import { Dropped, type DropReason } from "../translate/dropped.ts";
import { isAttributed } from "../translate/room-in.ts";
import { reference } from "../translate/values.ts";
import { partOfRoom, type RoomPart } from "../uris.ts";

/** With what an activity is taken. */
export interface Tools {
  readonly ctx: Context;
  readonly actors: RemoteActors;
  readonly keys: Pick<RemoteKeys, "forget">;
  readonly recipients: Recipients;
  readonly documents: Documents;
  readonly newcomers: Newcomers;
}

/** How an activity came, apart from what it says. */
export interface Arrival {
  /** Who signed it, and whose it is. */
  readonly actorUri: string;
  /** Of the end of an account: whether it must be asked again before it is believed. */
  readonly isDoubtful: boolean;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** The digest of what it says, the same wherever it is had from. */
  readonly canonical: string;
  /** Whose inbox it came to; null for the shared one. */
  readonly owner: PersonRow | null;
}

/** An activity that was read; it is done with `take`, once it is its turn. */
export type Take = (tools: Tools, arrival: Arrival) => Promise<void>;
/** Reads an activity, so that nothing but what was read is kept until its turn. Throws Dropped. */
export type Read = (unread: Unread) => Take;

/** What one kind of activity says, and what then happens. */
export interface Handler<Said> {
  /** Pure. Throws Dropped. */
  read(unread: Unread): Said;
  /** Looks up who takes part and calls the domain. Throws Dropped, Refusal, ActorUnavailable. */
  take(tools: Tools, arrived: Arrival & { said: Said }): Promise<void>;
}

/** Makes a row of the table of a handler. */
export function inbound<Said>(handler: Handler<Said>): Read {
  return (unread) => {
    const said = handler.read(unread);
    return (tools, arrival) => handler.take(tools, { ...arrival, said });
  };
}

type Rows = Readonly<Record<string, Read>>;

/** Chooses by the activity's type; a type without a row is not supported. */
export function byType(rows: Rows): Read {
  return (unread) => row(rows, readType(unread.activity))(unread);
}

/** Chooses by the type of the enclosed object; one that is only named is for `named`, if there is such a row. */
export function byObject(rows: Rows, named: Read = drops("not_embedded")): Read {
  return (unread) => {
    const type = readObjectType(unread.activity);
    return (type === null ? named : row(rows, type))(unread);
  };
}

/** Chooses by what of a conversation the target is; for other collections there is no row. */
export function byTarget(rows: Readonly<Partial<Record<RoomPart, Read>>>): Read {
  return (unread) => {
    const target = reference.safeParse(unread.activity["target"]).data;
    const found = target === undefined ? null : partOfRoom(target);
    return ((found === null ? undefined : rows[found.part]) ?? drops("unsupported"))(unread);
  };
}

/** Chooses by whether the object is the actor itself, who is told of otherwise than everything else. */
export function ofItself(self: Read, other: Read): Read {
  return (unread) => (isAboutItself(unread) ? self : other)(unread);
}

/** Chooses by whether it is said out of which group something shall go. */
export function fromRoom(named: Read, other: Read): Read {
  return (unread) => (namesOrigin(unread.activity) ? named : other)(unread);
}

/** Chooses by whether the enclosed collection is somebody's. */
export function ofKeeper(kept: Read, other: Read): Read {
  return (unread) => (isAttributed(unread) ? kept : other)(unread);
}

function row(rows: Rows, type: string): Read {
  return (Object.hasOwn(rows, type) ? rows[type] : undefined) ?? drops("unsupported");
}

/** Of an activity that never has an effect, nothing is read. */
export function drops(reason: DropReason): Read {
  return () => {
    throw new Dropped(reason);
  };
}
