import { signal } from "@preact/signals";
import { Component, createRef } from "preact";
import type { Row } from "../domain/rows.ts";
import type { Aim, ReadingPlace, Thread } from "../domain/thread.ts";
import { mostRows } from "../domain/history.ts";
import type { Client } from "../client.ts";
import { t } from "../platform/language.ts";
import { FloatingDay } from "./floating-day.tsx";
import { JumpButton } from "./jump-button.tsx";
import { LogRow } from "./log-row.tsx";
import type { MessageActions } from "./message-actions.ts";
import { moveInItem, moveInList } from "./regions.ts";
import { ScrollKeeper } from "./scroll-keeper.ts";

export interface LogProps {
  client: Client;
  thread: Thread;
  rows: Row[];
  hasBefore: boolean;
  hasAfter: boolean;
  label: string;
  actions: MessageActions;
}

/** Pixels from an end of the loaded run at which more is fetched. */
const reach = 900;
const highlightTime = 2_000;
/** How long the day is shown after a movement. */
const dayTime = 3_000;

/** The messages of a conversation: a bounded run, more at both ends, and never a jump that the reader did not ask for. */
export class MessageLog extends Component<LogProps> {
  readonly #viewport = createRef<HTMLDivElement>();
  readonly #content = createRef<HTMLDivElement>();
  readonly #day = signal<string | null>(null);
  #dayTimer: ReturnType<typeof setTimeout> | undefined;
  #keeper: ScrollKeeper | null = null;
  #attend = () => this.#look();

  override componentDidMount(): void {
    const viewport = this.#viewport.current;
    const content = this.#content.current;
    if (viewport === null || content === null) return;
    const keeper = new ScrollKeeper(viewport, content);
    this.#keeper = keeper;
    this.props.thread.here = () => (keeper.atEnd ? null : placeOf(keeper));
    this.#keeper.toEnd();
    this.#settle();
    addEventListener("focus", this.#attend);
    document.addEventListener("visibilitychange", this.#attend);
  }

  override componentWillUnmount(): void {
    this.#keeper?.disconnect();
    clearTimeout(this.#dayTimer);
    removeEventListener("focus", this.#attend);
    document.removeEventListener("visibilitychange", this.#attend);
  }

  override getSnapshotBeforeUpdate(before: LogProps): null {
    this.#keeper?.remember(!before.hasAfter);
    return null;
  }

  override componentDidUpdate(): void {
    this.#keeper?.restore();
    this.#settle();
  }

  /** After the rows stand: go where the thread aims, and see what is in view. */
  #settle(): void {
    const { thread } = this.props;
    const aim = thread.aim.peek();
    if (aim !== null && this.#reach(aim)) thread.aim.value = null;
    this.#meet();
  }

  #reach(aim: Aim): boolean {
    const keeper = this.#keeper;
    const { thread, hasAfter } = this.props;
    if (keeper === null) return false;
    if ("id" in aim) {
      const row = this.#row(`[data-id="${CSS.escape(aim.id)}"]`);
      if (row === null) return false;
      if (aim.kind === "place") {
        keeper.put(row, aim.offset);
        return true;
      }
      keeper.show(row, 0.35);
      row.focus({ preventScroll: true });
      setTimeout(
        () => thread.highlighted.peek() === aim.id && (thread.highlighted.value = null),
        highlightTime,
      );
      return true;
    }
    const divider = aim.kind === "unread" ? this.#row(".unread-line") : null;
    if (divider !== null) keeper.show(divider, 0.25);
    else if (!hasAfter) keeper.toEnd();
    return true;
  }

  #row(selector: string): HTMLElement | null {
    return this.#content.current?.querySelector<HTMLElement>(selector) ?? null;
  }

  #onScroll = (): void => {
    this.#meet();
    this.#showDay();
  };

  /** Says which day is read, unless its own line is in view there or the reader is at the newest message. */
  #showDay(): void {
    const top = this.#keeper?.top() ?? null;
    const row = this.props.rows.find((one) => one.kind === "message" && one.message.id === top?.id);
    const shows = row?.kind === "message" && top?.isFirst === true && this.#keeper?.atEnd === false;
    this.#day.value = shows ? row.message.receivedAt : null;
    clearTimeout(this.#dayTimer);
    this.#dayTimer = setTimeout(() => (this.#day.value = null), dayTime);
  }

  /** Fetches more where the reader comes near an end, and sees what is in view. */
  #meet(): void {
    const keeper = this.#keeper;
    const viewport = this.#viewport.current;
    if (keeper === null || viewport === null) return;
    const { client, thread, hasBefore, hasAfter } = this.props;
    keeper.remember(!hasAfter);
    thread.atEnd.value = keeper.atEnd;
    // A page that does not come is asked for again at the next movement.
    if (hasBefore && viewport.scrollTop < reach) client.history.extend(thread.id, "before").catch(() => {});
    else if (hasAfter && keeper.fromEnd < reach) client.history.extend(thread.id, "after").catch(() => {});
    else if (this.props.rows.length > mostRows + 20)
      client.history.bound(thread.id, keeper.atEnd ? "end" : "start");
    this.#look();
  }

  /** Tells which messages are before the reader's eyes. */
  #look(): void {
    const viewport = this.#viewport.current;
    const { client, thread } = this.props;
    const membership = thread.known.peek()?.membership;
    if (viewport === null || membership === undefined) return;
    const bottom = viewport.getBoundingClientRect().bottom + 8;
    const rows = [...(this.#content.current?.querySelectorAll<HTMLElement>("[data-position]") ?? [])];
    const seen = rows.findLastIndex((row) => row.getBoundingClientRect().bottom <= bottom);
    thread.below.value = rows.length - 1 - seen;
    const position = Number(rows[seen]?.dataset["position"] ?? 0);
    if (position > 0) client.reading.sees(thread.id, position, membership.readPosition);
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key === "End" && !event.shiftKey) void this.props.thread.toLatest();
    if (event.key === "d" && isPlain(event)) this.props.thread.asksDate.value = true;
    moveInList(event, ".message");
    moveInItem(event, ".message");
  };

  render() {
    const { thread, rows, hasBefore, hasAfter, label, actions } = this.props;
    void thread.aim.value;
    const stop = rows.findLast(({ kind }) => kind === "message" || kind === "pending")?.key;
    const lastOwn = lastOwnKey(rows, this.props.client.store.state.value.me);
    return (
      <div class="log-frame">
        <div
          class="log"
          role="log"
          aria-live="off"
          aria-label={label}
          data-region
          ref={this.#viewport}
          onScroll={this.#onScroll}
          onKeyDown={this.#onKey}
        >
          <div class="log-content" ref={this.#content}>
            {hasBefore ? <LoadingRow /> : <div class="log-start" />}
            {rows.map((row) => (
              <LogRow
                key={row.key}
                row={row}
                thread={thread}
                actions={actions}
                isStop={row.key === stop}
                showsState={row.key === lastOwn}
              />
            ))}
            {hasAfter && <LoadingRow />}
          </div>
        </div>
        <FloatingDay day={this.#day} thread={thread} />
        <JumpButton thread={thread} hasAfter={hasAfter} />
      </div>
    );
  }
}

function placeOf(keeper: ScrollKeeper): ReadingPlace | null {
  const top = keeper.top();
  return top === null ? null : { id: top.id, offset: top.offset };
}

function isPlain({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  return (
    !ctrlKey && !metaKey && !altKey && target instanceof HTMLElement && !target.matches("input, textarea")
  );
}

function LoadingRow() {
  return (
    <div class="log-more">
      <span class="unseen">{t("start.loading")}</span>
    </div>
  );
}

/** The last row of somebody's words, if it is an own message. */
function lastOwnKey(rows: readonly Row[], me: string): string | undefined {
  const last = rows.findLast(({ kind }) => kind !== "notices");
  const isOwn = last?.kind === "pending" || (last?.kind === "message" && last.message.authorId === me);
  return isOwn ? last.key : undefined;
}
