/**
 * Where to go after signing in: what the address of the page asks for, if that is a place of ours. Anybody can write such
 * an address, and browsers read `/\\x` and `//x` as another host.
 */
export function nextPlace(next: string | undefined, origin: string): string {
  if (next === undefined || !next.startsWith("/")) return "/";
  const url = URL.parse(next, origin);
  if (url?.origin !== origin || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
