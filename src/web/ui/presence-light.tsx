import type { Presence } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";

const words: Record<Presence["state"], TextId> = {
  online: "presence.online",
  idle: "presence.idle",
  offline: "presence.offline",
};

/** Whether somebody is there, in a word. */
export function presenceWord(state: Presence["state"]): string {
  return t(words[state]);
}

interface PresentProps {
  personId: string;
  /** Whether the words stand beside it anyway. */
  mute?: boolean;
  children: ComponentChildren;
}

/** A picture of somebody with a small light while they are there; its words are for those who do not see it. */
export function Present({ personId, mute = false, children }: PresentProps) {
  const state = useClient().signals.people.value[personId]?.state ?? "offline";
  return (
    <span class="present">
      {children}
      {state !== "offline" && (
        <span class="presence" data-state={state} title={presenceWord(state)}>
          {!mute && <span class="unseen">{presenceWord(state)}</span>}
        </span>
      )}
    </span>
  );
}
