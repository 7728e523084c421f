import type { Settings } from "../context.ts";

/** Where a provider leads people back to; each has its own, so that the answer of one is never taken for that of another. */
export function callbackOf({ origin }: Pick<Settings, "origin">, slug: string): string {
  return `${origin}/auth/providers/${slug}/callback`;
}
