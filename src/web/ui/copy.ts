import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";

/** Copies a text, and says so; or says that the browser does not allow it. */
export function useCopy(): (text: string, done: string) => Promise<void> {
  const { notices } = useClient();
  return async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      notices.say(done);
    } catch {
      notices.say(t("error.copy"));
    }
  };
}
