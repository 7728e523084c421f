import { t } from "../platform/language.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import { Floating } from "./floating.tsx";
import type { PanelProps } from "./message-menu.tsx";
import { useReact } from "./reactions.tsx";

/** Every emoji, to put one under a message. */
export function ReactPicker({ actions, message, source, at }: PanelProps) {
  const react = useReact(message);
  return (
    <Floating label={t("reactions.add")} source={source} at={at} onClose={() => actions.close()}>
      <EmojiPicker
        onChoose={(choice) => {
          actions.close();
          react(choice);
        }}
      />
    </Floating>
  );
}
