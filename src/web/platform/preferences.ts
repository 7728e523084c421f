const prefix = "luciole.";

/** What this browser remembers beside the account: theme, language, whether somebody was signed in. */
export type PreferenceName = "theme" | "language" | "session" | "details" | "emoji" | "enter";

/** Reads a preference; null when it was never set or the browser keeps nothing for this site. */
export function readPreference(name: PreferenceName): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null; // Storage is switched off: every preference has a default.
  }
}

/** Keeps a preference, or forgets it with null. */
export function writePreference(name: PreferenceName, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // Storage is switched off: the preference lasts as long as the page.
  }
}
