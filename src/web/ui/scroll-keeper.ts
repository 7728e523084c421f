/** Within this many pixels of the end a reader counts as being there. */
const nearEnd = 100;

/**
 * Keeps what a reader sees where it is while rows come, go and change their height around it. Call `remember` before
 * the rows change and `restore` after. At the end of the list it is the end that is kept.
 */
export class ScrollKeeper {
  readonly #viewport: HTMLElement;
  readonly #content: HTMLElement;
  readonly #observer: ResizeObserver;
  #anchors: { element: Element; top: number }[] = [];
  #atEnd = true;
  #top = 0;

  constructor(viewport: HTMLElement, content: HTMLElement) {
    this.#viewport = viewport;
    this.#content = content;
    this.#observer = new ResizeObserver(() => this.restore());
    this.#observer.observe(viewport);
    this.#observer.observe(content);
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Pixels from the bottom of what is visible to the end of the rows. */
  get fromEnd(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#viewport;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Notes what is at the top of the view. `ends` is false when there are rows beyond the loaded ones. */
  remember(ends = true): void {
    // A height may have changed in the frame of a scroll, whose event comes before the observer hears of it.
    if (!this.#atEnd) this.#putBack(this.#viewport.scrollTop - this.#top);
    const { scrollTop } = this.#viewport;
    // Only a movement leads away from the end: a viewport that has just shrunk does not.
    const stays = this.#atEnd && Math.abs(scrollTop - this.#top) <= 1;
    this.#atEnd = ends && (stays || this.fromEnd <= nearEnd);
    this.#top = scrollTop;
    const edge = this.#viewport.getBoundingClientRect().top;
    const rows = this.#content.children;
    const first = firstBelow(rows, edge);
    // What stands for messages that are not loaded stays at the end when they come.
    const stable = [...rows].slice(first, first + 40).filter(({ className }) => className !== "log-more");
    this.#anchors = stable.map((element) => ({ element, top: element.getBoundingClientRect().top - edge }));
  }

  /** Puts the rows back where they were; rows that are gone leave it to their neighbours. */
  restore(): void {
    if (this.#atEnd) {
      this.toEnd();
      return;
    }
    this.#putBack();
    this.#top = this.#viewport.scrollTop;
  }

  /** Brings the rows to where they were noted, or where a scroll by so many pixels has taken them since. */
  #putBack(scrolled = 0): void {
    const anchor = this.#anchors.find(({ element }) => element.isConnected);
    if (anchor === undefined) return;
    const moved = this.#offset(anchor.element) - (anchor.top - scrolled);
    if (Math.abs(moved) >= 0.5) this.#viewport.scrollTop += moved;
  }

  toEnd(): void {
    this.#atEnd = true;
    this.#viewport.scrollTop = this.#viewport.scrollHeight;
    this.#top = this.#viewport.scrollTop;
  }

  /** Brings a row into view, `share` of the view's height below its top. */
  show(row: Element, share: number): void {
    const view = this.#viewport.getBoundingClientRect();
    const { top, height } = row.getBoundingClientRect();
    const room = Math.max(0, view.height - height);
    this.#viewport.scrollTop += top - view.top - Math.min(room, view.height * share);
  }

  /** Brings a row to so many pixels below the top of the view. */
  put(row: Element, offset: number): void {
    this.#viewport.scrollTop += this.#offset(row) - offset;
  }

  /** The first row in view that has an id, and how many pixels below the top it begins; `isFirst` when it is the very first. */
  top(): { id: string; offset: number; isFirst: boolean } | null {
    for (const [index, { element, top }] of this.#anchors.entries()) {
      const id = element instanceof HTMLElement ? element.dataset["id"] : undefined;
      if (id !== undefined) return { id, offset: top, isFirst: index === 0 };
    }
    return null;
  }

  #offset(row: Element): number {
    return row.getBoundingClientRect().top - this.#viewport.getBoundingClientRect().top;
  }

  disconnect(): void {
    this.#observer.disconnect();
  }
}

/** Rows are in order, so the first whose bottom is below the edge is found by halving. */
function firstBelow(rows: HTMLCollection, edge: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.getBoundingClientRect().bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return low;
}
