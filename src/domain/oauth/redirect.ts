import { hasControlCharacters } from "#lib/control-characters.ts";

/** Stands for "show the code, so that it can be copied" in the place of an address. */
export const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

/** Schemes by which a browser would run what an address says, or read what is on its machine. */
const forbidden =
  /^(?:javascript|data|vbscript|file|blob|about|filesystem|view-source|wss?|ftp|mailto|tel):/i;
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Whether codes may be sent to an address: https, http on the person's own machine, a scheme of the app's own, or out of
 * band. Never to this server itself, which would carry them on.
 */
export function isRedirectUri(text: string, host: string): boolean {
  if (text === OUT_OF_BAND) return true;
  if (hasControlCharacters(text) || /[\s\\#<>"]/.test(text) || forbidden.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  // A name that ends in dots is the same name, from the root.
  const isHere = url.host.replace(/\.+(?=:|$)/, "") === host;
  if (url.protocol === "https:") return !isHere && url.hostname !== "";
  if (url.protocol === "http:") return !isHere && loopback.test(url.hostname);
  return true;
}

/** An address with answers for the app in its query; what was registered stays as it was written. */
export function withAnswers(uri: string, answers: Readonly<Record<string, string>>): string {
  return `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams(answers).toString()}`;
}

/** Where an address leads, for people: the host, or the scheme of an app of its own; null where nothing is sent. */
export function placeOf(uri: string): string | null {
  if (uri === OUT_OF_BAND) return null;
  const { protocol, host } = new URL(uri);
  return /^https?:$/.test(protocol) ? host : protocol.slice(0, -1);
}
