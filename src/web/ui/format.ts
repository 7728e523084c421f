import { locale, t } from "../platform/language.ts";

const day = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.value + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale.value, options);
  formats.set(key, known);
  return known;
}

/** `14:05` */
export function clock(iso: string): string {
  return format({ hour: "numeric", minute: "2-digit" }).format(new Date(iso));
}

/** `Tuesday 3 March 2026, 14:05:09` */
export function fullTime(iso: string): string {
  return format({ dateStyle: "full", timeStyle: "medium" }).format(new Date(iso));
}

/** A moment next to another one: only the time when both are of one day. */
export function momentBeside(iso: string, other: string): string {
  if (dayOf(iso) === dayOf(other)) return clock(iso);
  return format({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(new Date(iso));
}

/** A moment seen from now: only the time when it is of today. */
export function moment(iso: string): string {
  return momentBeside(iso, new Date().toISOString());
}

/** `3 March 2026` */
export function longDate(iso: string): string {
  return format({ dateStyle: "long" }).format(new Date(iso));
}

/** `2026-03-03` in the reader's time zone: tells days apart. */
export function dayOf(iso: string): string {
  const date = new Date(iso);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
}

/** `2026-03-03` in the reader's time zone, as a field for dates takes it. */
export function dateField(date: Date): string {
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, "0")).join("-");
}

/** A day as a heading: today, yesterday, a weekday within a week, else the date. */
export function dayTitle(iso: string): string {
  const ago = daysAgo(iso);
  if (ago === 0) return t("time.today");
  if (ago === 1) return t("time.yesterday");
  if (ago > 1 && ago < 7) return format({ weekday: "long" }).format(new Date(iso));
  const thisYear = new Date(iso).getFullYear() === new Date().getFullYear();
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return format(thisYear ? options : { ...options, year: "numeric" }).format(new Date(iso));
}

/** The time of a conversation's last activity, as short as it can be. */
export function listTime(iso: string): string {
  const ago = daysAgo(iso);
  if (ago <= 0) return clock(iso);
  if (ago === 1) return t("time.yesterday");
  if (ago < 7) return format({ weekday: "short" }).format(new Date(iso));
  const thisYear = new Date(iso).getFullYear() === new Date().getFullYear();
  const options: Intl.DateTimeFormatOptions = thisYear
    ? { day: "numeric", month: "short" }
    : { day: "numeric", month: "short", year: "numeric" };
  return format(options).format(new Date(iso));
}

/** `a, b and c` in the language shown now. */
export function enumerate(words: readonly string[]): string {
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(words);
}

const units = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `2 weeks`, `1 day`: in the largest unit that it is made of. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  return new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay: "long" }).format(
    seconds / size,
  );
}

const sizes = [
  ["megabyte", 1_000_000],
  ["kilobyte", 1_000],
  ["byte", 1],
] as const;

/** `1.2 MB` of bytes. */
export function amount(bytes: number): string {
  const [unit, size] = sizes.find(([, length]) => bytes >= length) ?? ["byte", 1];
  return new Intl.NumberFormat(locale.value, { style: "unit", unit, maximumFractionDigits: 1 }).format(
    bytes / size,
  );
}

/** `1,204` */
export function amountOf(count: number): string {
  return new Intl.NumberFormat(locale.value).format(count);
}

function daysAgo(iso: string): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(new Date(iso))) / day);
}
