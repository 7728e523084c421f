import { signal } from "@preact/signals";
import { readPreference, writePreference } from "./preferences.ts";

export type Theme = "system" | "light" | "dark";

/** The theme that was chosen. `public/assets/theme.js` shows it before the first paint. */
export const theme = signal<Theme>(parse(readPreference("theme")));

export function chooseTheme(choice: Theme): void {
  theme.value = choice;
  writePreference("theme", choice === "system" ? null : choice);
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

function parse(stored: string | null): Theme {
  return stored === "light" || stored === "dark" ? stored : "system";
}
