import { createNote } from "./create-note.ts";
import { deleteNote } from "./delete-note.ts";
import { byObject, byType } from "./handler.ts";
import { updateNote } from "./update-note.ts";

/** Everything that another server may tell us, by the type of the activity and, where it decides, of its object. */
export const readInbound = byType({
  Create: byObject({ Note: createNote }),
  Update: byObject({ Note: updateNote }),
  Delete: deleteNote,
});
