/** What turns the text around it, or is not seen. */
const hidden = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** What people call themselves or say of themselves: in one line that turns no text around it. */
export function oneLine(text: string): string {
  return text
    .slice(0, 1_000)
    .replaceAll(hidden, "")
    .replaceAll(/\p{Cc}/gu, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The same in several lines. */
export function someLines(text: string): string {
  return text
    .slice(0, 10_000)
    .replaceAll(hidden, "")
    .replaceAll(/[^\P{Cc}\n]/gu, "")
    .trim();
}
