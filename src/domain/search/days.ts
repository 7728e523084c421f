import { isWithinReach } from "#lib/moment.ts";

const DAY_MS = 24 * 3600 * 1000;

/** The moment that a text means: a date with a time and a zone as it stands, a date alone as its beginning in `zone`; null for anything else. */
export function startOfDay(text: string, zone: string): Date | null {
  return within(momentOf(text, zone, 0));
}

/** The same with the end of a date. */
export function endOfDay(text: string, zone: string): Date | null {
  return within(momentOf(text, zone, 1));
}

/** Nothing is kept of other times, and PostgreSQL reads some of them differently. */
function within(moment: Date | null): Date | null {
  return moment !== null && isWithinReach(moment) ? moment : null;
}

function momentOf(text: string, zone: string, days: number): Date | null {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    const midnight = Date.parse(text);
    // Some dates that cannot be are read as the first of the next month.
    const isDate = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
    return isDate ? atMidnight(midnight + days * DAY_MS, zone) : null;
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** When the clocks of a zone show the midnight that `midnight` is in UTC. */
function atMidnight(midnight: number, zone: string): Date {
  // The offset before a change of the clocks and after it may differ: the second look is at the right side of it.
  const guess = midnight - offsetAt(midnight, zone);
  return new Date(midnight - offsetAt(guess, zone));
}

/** By how many milliseconds the clocks of a zone are ahead of UTC. */
function offsetAt(moment: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const name = format.formatToParts(moment).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0", seconds = "0"] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -size : size;
}
