import type { Message } from "#protocol/types.ts";
import { quickEmoji } from "../domain/reactions.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { PlusIcon } from "./icons.tsx";
import { Emoji, useReact } from "./reactions.tsx";
import { moveInItem } from "./regions.ts";

interface QuickRowProps {
  message: Message;
  onDone: () => void;
  onMore: () => void;
}

/** The six nearest emoji, and the way to all the others. */
export function QuickRow({ message, onDone, onMore }: QuickRowProps) {
  const { reactions } = useClient();
  const react = useReact(message);
  const shown = reactions.of(message);
  const isOwn = (emoji: string) => shown.some((one) => one.emoji === emoji && reactions.isOwn(one));
  return (
    <div
      class="quick-row"
      role="group"
      aria-label={t("reactions.add")}
      onKeyDown={(event) => moveInItem(event, ".quick-row")}
    >
      {quickEmoji.map((emoji) => (
        <button
          key={emoji}
          type="button"
          role="menuitemcheckbox"
          aria-checked={isOwn(emoji)}
          tabIndex={-1}
          onClick={() => {
            onDone();
            react({ emoji, url: null });
          }}
        >
          <Emoji of={{ emoji, url: null }} />
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        aria-label={t("reactions.more")}
        title={t("reactions.more")}
        onClick={onMore}
      >
        <PlusIcon />
      </button>
    </div>
  );
}
