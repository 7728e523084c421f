import { useState } from "preact/hooks";
import { NotConfirmed } from "./not-confirmed.ts";
import { failureText } from "./refusals.ts";

/** Something that is asked of the server: whether it is under way, and why it failed. */
export interface Deed {
  busy: boolean;
  /** In the reader's language; null while nothing failed. */
  failure: string | null;
  /** Runs it; `done` only follows when it succeeds. */
  run: (task: () => Promise<unknown>, done?: () => void) => Promise<void>;
}

/** Runs what the server is asked for, one after the other, and keeps why the last one failed. */
export function useDeed(): Deed {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  async function run(task: () => Promise<unknown>, done: () => void = () => {}) {
    const opener = document.activeElement;
    setBusy(true);
    setFailure(null);
    try {
      await task();
      done();
    } catch (error) {
      if (!(error instanceof NotConfirmed)) setFailure(error);
    } finally {
      setBusy(false);
      requestAnimationFrame(() => giveBack(opener));
    }
  }
  return { busy, failure: failure === null ? null : failureText(failure), run };
}

/** A button that waits cannot have the focus, and loses it: it gets it back, unless that went elsewhere meanwhile. */
function giveBack(opener: Element | null): void {
  const isNowhere = document.activeElement === document.body;
  if (isNowhere && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
}
