import { block } from "./block.ts";
import { createChatMessage, createNote } from "./create-note.ts";
import { deleteNote } from "./delete-note.ts";
import { deletePerson } from "./delete-person.ts";
import { byObject, byTarget, byType, drops, fromRoom, ofItself, ofKeeper } from "./handler.ts";
import { answer, invite, join, undoInvite, undoJoin } from "./invite.ts";
import { like } from "./like.ts";
import { logEntry } from "./log-entry.ts";
import { move } from "./move.ts";
import { pin } from "./pin.ts";
import { read } from "./read.ts";
import { timer } from "./timer.ts";
import { undo } from "./undo.ts";
import { updateNote } from "./update-note.ts";
import { updatePerson } from "./update-person.ts";
import { leave, wishedChange } from "./wished-change.ts";

/** Everything that another server may tell us, by the type of the activity and, where it decides, of its object. */
export const inboundRows = {
  Create: byObject({ Note: createNote, ChatMessage: createChatMessage }),
  Update: ofItself(
    updatePerson,
    byObject({ Note: updateNote, ChatMessage: updateNote, OrderedCollection: ofKeeper(wishedChange, timer) }),
  ),
  Delete: ofItself(deletePerson, fromRoom(wishedChange, deleteNote)),
  Move: ofItself(move, drops("not_attributed")),
  Like: like,
  EmojiReact: like,
  Undo: byObject(
    {
      ...{ Like: undo, EmojiReact: undo, Block: undo, Invite: undoInvite, Join: undoJoin },
      Follow: drops("follow_not_offered"),
    },
    undo,
  ),
  Block: block,
  Add: byTarget({ pins: pin, members: wishedChange, log: logEntry }),
  Remove: byTarget({ pins: pin, members: wishedChange }),
  Leave: leave,
  Read: read,
  Follow: drops("follow_not_offered"),
  Invite: invite,
  Accept: answer,
  Reject: answer,
  Join: join,
  Announce: drops("announce_not_offered"),
  Flag: drops("report_not_offered"),
};

/** Reads whatever another server tells us. Throws Dropped. */
export const readInbound = byType(inboundRows);
