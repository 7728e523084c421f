import { type ComponentChildren, h } from "preact";
import { useState } from "preact/hooks";
import type { Request } from "../platform/api.ts";
import { confirmedRequest } from "../platform/confirmation.ts";
import { ApiFailure } from "../platform/http.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { useClient } from "./context.ts";
import { NotConfirmed } from "./not-confirmed.ts";

interface Asked {
  resolve: () => void;
  reject: (reason: NotConfirmed) => void;
}

export interface Confirming {
  /**
   * Does something that wants its person to show once more who they are: with requests that carry that. Where the server asks for
   * it first, the dialog does, and it is done again; who closes the dialog has `NotConfirmed` thrown, which `useDeed` passes over.
   */
  confirmed: <Answer>(deed: (request: Request) => Promise<Answer>) => Promise<Answer>;
  /** Where it is asked: to be put anywhere outside of a form. */
  dialog: ComponentChildren;
}

/** For what is done only by who has just shown once more who they are. */
export function useConfirmed(): Confirming {
  const { session } = useClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  async function confirmed<Answer>(deed: (request: Request) => Promise<Answer>): Promise<Answer> {
    try {
      return await deed(confirmedRequest(session));
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.code !== "confirm_first") throw error;
    }
    try {
      await new Promise<void>((resolve, reject) => setAsked({ resolve, reject }));
    } finally {
      setAsked(null);
    }
    return await deed(confirmedRequest(session));
  }
  const dialog =
    asked &&
    h(ConfirmDialog, { onConfirmed: asked.resolve, onClose: () => asked.reject(new NotConfirmed()) });
  return { confirmed, dialog };
}
