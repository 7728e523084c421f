const script = /<script type="module"[^>]* src="[^"]*?([^"/]+)"/;

/** Which build of the client this page runs: the name that its first script has by its contents. */
export const build = script.exec(document.head.innerHTML)?.[1] ?? "";

/** Whether the server gives out another build by now. */
export async function isOutdated(): Promise<boolean> {
  const response = await fetch("/", { cache: "no-store" }).catch(() => null);
  if (response?.ok !== true) return false;
  const now = script.exec(await response.text())?.[1] ?? build;
  return now !== build;
}
