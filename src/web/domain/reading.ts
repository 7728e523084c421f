export interface ReadingPlatform {
  /** Whether the window has the focus and is visible. */
  attentive: () => boolean;
  after: (milliseconds: number, task: () => void) => () => void;
  mark: (conversationId: string, position: number) => Promise<unknown>;
}

export interface UnreadChange {
  /** How many were unread before. */
  before: number;
  now: number;
  readPosition: number;
  /** Whether the reader has the newest message before their eyes. */
  looks: boolean;
}

/**
 * Where the line of new messages stands after the number of unread ones has changed (`current`, or null for none). It is
 * drawn above what comes while nobody looks here, and goes when another session of the reader has read or answered.
 */
export function moveDivider(current: number | null, change: UnreadChange): number | null {
  if (change.looks) return current;
  if (change.before === 0 && change.now > 0) return change.readPosition;
  return change.now === 0 ? null : current;
}

const glance = 1_000;

/** Marks messages as read once they were before a reader's eyes for a second. */
export class Reading {
  readonly #platform: ReadingPlatform;
  #seen: { conversationId: string; position: number } | null = null;
  #marked = new Map<string, number>();
  #cancel: (() => void) | null = null;

  constructor(platform: ReadingPlatform) {
    this.#platform = platform;
  }

  /** Says up to which position the rows are in view; positions at or before `read` need no mark. */
  sees(conversationId: string, position: number, read: number): void {
    if (position <= Math.max(read, this.#marked.get(conversationId) ?? 0)) return;
    this.#seen = { conversationId, position };
    if (this.#platform.attentive()) this.#cancel ??= this.#platform.after(glance, () => this.#mark());
  }

  /** The reader looks away, or at another conversation. */
  looksAway(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#seen = null;
  }

  #mark(): void {
    this.#cancel = null;
    if (this.#seen === null || !this.#platform.attentive()) return;
    const { conversationId, position } = this.#seen;
    this.#seen = null;
    this.#marked.set(conversationId, position);
    this.#platform.mark(conversationId, position).catch(() => this.#marked.delete(conversationId));
  }
}
