import type { Preferences } from "#domain/preferences.ts";
import type * as protocol from "#protocol/types.ts";

/** What the viewer chose. */
export function presentPreferences({ status, ...choices }: Preferences): protocol.Preferences {
  return { ...choices, status: status && presentStatus(status) };
}

/** What somebody says about themselves. */
export function presentStatus({ text, until }: NonNullable<Preferences["status"]>): protocol.Status {
  return { text, until: until?.toISOString() ?? null };
}
