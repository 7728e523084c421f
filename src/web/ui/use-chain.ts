import { useEffect } from "preact/hooks";
import type { MessageActions } from "./message-actions.ts";

/** The chain of replies that is open, by one of its messages, and the way out of it: also Back in the browser closes it. */
export function useChain(actions: MessageActions): { chain: string | null; closeChain: () => void } {
  const chain = actions.chain.value;
  const isOpen = chain !== null;
  useEffect(() => {
    if (!isOpen) return;
    history.pushState({ ...(history.state as object | null), chain: true }, "");
    const onBack = () => (actions.chain.value = null);
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, [isOpen, actions]);
  return {
    chain,
    closeChain() {
      const state = history.state as { chain?: boolean } | null;
      if (state?.chain === true) history.back();
      else actions.chain.value = null;
    },
  };
}
