import type { ConversationState } from "#protocol/state.ts";
import { useEffect } from "preact/hooks";
import { type Warning, warningsOf } from "../domain/reach.ts";
import { isText, t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { moment } from "./format.ts";

/** Milliseconds between two questions while something waits. */
const pause = 5_000;

/** What to know of the others' servers before something is sent to them. */
export function ReachNotes({ known }: { known: ConversationState }) {
  const { reaches } = useClient();
  const { id, members } = known.conversation;
  const leaves = members.some(({ person }) => person.host !== null);
  const waits = leaves && hasWaiting(known);
  useEffect(() => {
    if (!leaves) return;
    // What waits may do so because a server has stopped to answer, and what does not any more because it is back.
    void reaches.look(id, reaches.isSilent(id) ? 0 : undefined);
    if (!waits) return;
    const timer = setInterval(() => void reaches.look(id, pause), pause);
    return () => clearInterval(timer);
  }, [reaches, id, leaves, waits]);
  const warnings = warningsOf(reaches.of(id));
  return (
    <div class="reach" role="status">
      {warnings.map((warning) => (
        <p key={warning.host} class="reach-note" data-kind={warning.kind}>
          {sentence(warning)}
        </p>
      ))}
    </div>
  );
}

function hasWaiting({ deliveries }: ConversationState): boolean {
  return Object.values(deliveries).some((some) => some.some(({ state }) => state === "waiting"));
}

function sentence({ kind, host, reason, since }: Warning): string {
  if (kind === "silent") return t("reach.silent", { host, time: since === null ? "" : moment(since) });
  const why = `reach.${reason}`;
  return `${t(`reach.${kind}`, { host })} ${isText(why) ? t(why) : ""}`.trim();
}
