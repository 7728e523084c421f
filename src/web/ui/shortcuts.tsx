import { t, type TextId } from "../platform/language.ts";
import { Dialog } from "./dialog.tsx";

const shortcuts: readonly { keys: readonly string[]; text: TextId }[] = [
  { keys: ["?"], text: "shortcuts.title" },
  { keys: ["Ctrl", "K"], text: "switcher.title" },
  { keys: ["Ctrl", "F"], text: "search.title" },
  { keys: ["F6"], text: "shortcuts.regions" },
  { keys: ["↑", "↓"], text: "shortcuts.arrows" },
  { keys: ["←", "→"], text: "shortcuts.inside" },
  { keys: ["Enter"], text: "shortcuts.enter" },
  { keys: ["Shift", "Enter"], text: "shortcuts.newline" },
  { keys: ["↑"], text: "shortcuts.editLast" },
  { keys: ["Esc"], text: "shortcuts.cancel" },
  { keys: ["Shift", "F10"], text: "shortcuts.menu" },
  { keys: ["+"], text: "shortcuts.react" },
  { keys: ["R"], text: "shortcuts.reply" },
  { keys: ["E"], text: "shortcuts.edit" },
  { keys: ["Del"], text: "shortcuts.delete" },
  { keys: ["D"], text: "date.title" },
  { keys: ["End"], text: "log.jump" },
];

/** What the keyboard can do. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("shortcuts.title")} onClose={onClose}>
      <dl class="shortcuts">
        {shortcuts.map(({ keys, text }) => (
          <div key={text + keys.join("")}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
