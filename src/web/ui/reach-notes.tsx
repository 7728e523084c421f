import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useRef } from "preact/hooks";
import { type Warning, warningsOf } from "../domain/reach.ts";
import { isText, t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { moment } from "./format.ts";

/** What to know of the others' servers before something is sent to them. */
export function ReachNotes({ known }: { known: ConversationState }) {
  const { reaches } = useClient();
  const { id, members } = known.conversation;
  const leaves = members.some(({ person }) => person.host !== null);
  const troubled = leaves && isTroubled(known);
  const before = useRef(troubled);
  useEffect(() => {
    if (leaves) void reaches.look(id, before.current === troubled ? undefined : 0);
    before.current = troubled;
  }, [reaches, id, leaves, troubled]);
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

/** Whether something waits because a server did not take it: what was known of that server is old then. */
function isTroubled({ deliveries }: ConversationState): boolean {
  return Object.values(deliveries).some((some) =>
    some.some(({ state, reason }) => state === "waiting" && reason !== null),
  );
}

function sentence({ kind, host, reason, since }: Warning): string {
  if (kind === "silent") return t("reach.silent", { host, time: since === null ? "" : moment(since) });
  const why = `reach.${reason}`;
  return `${t(`reach.${kind}`, { host })} ${isText(why) ? t(why) : ""}`.trim();
}
