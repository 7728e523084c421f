import type { Person } from "#protocol/types.ts";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { BlockDialog, MuteDialog } from "./block-dialog.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { moment } from "./format.ts";
import { useDeed } from "./use-deed.ts";

/** Mute, block, and the way back from both. */
export function PersonActions({ person }: { person: Person }) {
  const { relations } = useClient();
  const { busy, failure, run } = useDeed();
  const [asks, setAsks] = useState<"block" | "mute" | null>(null);
  const isMuted = relations.mutes(person.id);
  const isBlocked = relations.blocks(person.id);
  const until = relations.of(person.id)?.mutedUntil ?? null;
  const close = () => setAsks(null);
  return (
    <div class="person-actions">
      {isMuted && until !== null && <p class="muted">{t("mute.until", { time: moment(until) })}</p>}
      <div class="person-buttons">
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => (isMuted ? void run(() => relations.unmute(person.id)) : setAsks("mute"))}
        >
          {t(isMuted ? "mute.undo" : "mute.open")}
        </button>
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => (isBlocked ? void run(() => relations.unblock(person.id)) : setAsks("block"))}
        >
          {t(isBlocked ? "block.undo" : "block.open")}
        </button>
      </div>
      <Failure text={failure} />
      {asks === "block" && <BlockDialog person={person} onClose={close} />}
      {asks === "mute" && <MuteDialog person={person} onClose={close} />}
    </div>
  );
}
