import type { Message } from "#protocol/types.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { PinIcon } from "./icons.tsx";
import { useJump } from "./jump.ts";
import { KeptMessage } from "./kept-message.tsx";
import { authorOf } from "./quote.tsx";
import { failureText } from "./refusals.ts";

interface PinsDialogProps {
  thread: Thread;
  pins: readonly Message[];
  onClose: () => void;
}

/** Everything that is pinned in a conversation. */
export function PinsDialog({ thread, pins, onClose }: PinsDialogProps) {
  const { deeds, notices } = useClient();
  const jump = useJump(thread);
  return (
    <Dialog title={t("pins.title")} onClose={onClose}>
      <ul class="kept">
        {pins.map((message) => (
          <KeptMessage
            key={message.id}
            message={message}
            who={authorOf(message, thread)}
            where={null}
            icon={<PinIcon />}
            remove="message.unpin"
            onOpen={() => {
              onClose();
              jump(message);
            }}
            onRemove={() => {
              deeds.pin(message, false).catch((error: unknown) => notices.say(failureText(error)));
            }}
          />
        ))}
      </ul>
    </Dialog>
  );
}
