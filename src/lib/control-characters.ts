/**
 * Tells whether a text holds control characters (Unicode category Cc). Names and addresses have none, and PostgreSQL
 * stores no NUL.
 */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** A text without NUL, which PostgreSQL does not store. */
export function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
