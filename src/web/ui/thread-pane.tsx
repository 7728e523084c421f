import type { Conversation, Message } from "#protocol/types.ts";
import { lazy } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { layRows } from "../domain/rows.ts";
import { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { readPreference, writePreference } from "../platform/preferences.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { Announcer } from "./announcer.tsx";
import { CloseButton } from "./close-button.tsx";
import { useClient } from "./context.ts";
import { NotFound } from "./empty-pane.tsx";
import { dayOf } from "./format.ts";
import { useLasting } from "./hooks.ts";
import { useArrival } from "./jump.ts";
import { later, Later } from "./later.tsx";
import { MessageActions } from "./message-actions.ts";
import { MessageLog } from "./message-log.tsx";
import { MovedNote } from "./moved-note.tsx";
import { OpenedAction } from "./open-action.tsx";
import { PinBar } from "./pins.tsx";
import { ThreadFoot } from "./thread-foot.tsx";
import { ThreadHeader } from "./thread-header.tsx";
import { titleOf } from "./names.ts";
import { useArranging } from "./use-arranging.ts";
import { useChain } from "./use-chain.ts";
import { useExpiry } from "./use-expiry.ts";

const DetailsPane = lazy(() => import("./details-pane.tsx").then(({ DetailsPane }) => DetailsPane));

const ChainPane = later(() => import("./chain-pane.tsx").then(({ ChainPane }) => ChainPane));
const DateDialog = later(() => import("./date-dialog.tsx").then(({ DateDialog }) => DateDialog));

/** An open conversation. */
export function ThreadPane({ id, message }: { id: string; message: string | null }) {
  const client = useClient();
  const thread = useMemo(() => new Thread(id, client), [client, id]);
  const actions = useMemo(() => new MessageActions(), [thread]);
  const { chain, closeChain } = useChain(actions);
  const [details, setDetails] = useState(() => hasRoom() && readPreference("details") !== "closed");
  const phase = thread.phase.value;
  const known = thread.known.value;
  const unloaded = (known?.window ?? null) === null;
  useArrival(thread, message);
  useEffect(() => {
    if (unloaded || thread.phase.peek() !== "ready") void thread.open();
  }, [thread, unloaded]);
  useVisit(thread, known !== undefined);
  useDivider(thread);
  useDraft(thread);
  if (phase === "missing") return <NotFound />;
  function toggleDetails() {
    if (hasRoom()) writePreference("details", details ? "closed" : "open");
    setDetails(!details);
  }
  return (
    <div class="thread-and-details" data-details={details || chain !== null}>
      <section class="thread">
        <ThreadHeader thread={thread} known={known} onDetails={toggleDetails} detailsOpen={details} />
        {known !== undefined && <PinBar thread={thread} known={known} />}
        {known !== undefined && <MovedNote known={known} />}
        {thread.lost.value && <LostMessage thread={thread} />}
        <ThreadBody thread={thread} actions={actions} />
        {known !== undefined && <ThreadFoot thread={thread} known={known} />}
        <Announcer id={id} />
      </section>
      {known !== undefined && chain !== null && (
        <Later>
          <ChainPane
            key={chain}
            thread={thread}
            known={known}
            id={chain}
            covers={!hasRoom()}
            onLead={() => {
              if (!hasRoom()) actions.chain.value = null;
            }}
            onClose={closeChain}
          />
        </Later>
      )}
      {known !== undefined && details && chain === null && (
        <Later>
          <DetailsPane known={known} veiled={thread.veiled.value} onClose={toggleDetails} />
        </Later>
      )}
    </div>
  );
}

/** Whether the details have a place of their own, rather than lying over the messages. */
function hasRoom(): boolean {
  return matchMedia("(width >= 75rem)").matches;
}

const none: readonly Message[] = [];

function ThreadBody({ thread, actions }: { thread: Thread; actions: MessageActions }) {
  const client = useClient();
  const me = client.store.state.value.me;
  const known = thread.known.value;
  const window = known?.window ?? null;
  const pending = client.outbox.pending.value;
  const unreadAfter = thread.unreadAfter.value;
  const slow = useLasting(window === null, 150);
  const mine = useMemo(
    () => pending.filter(({ conversationId }) => conversationId === thread.id),
    [pending, thread],
  );
  const now = useExpiry(window?.messages ?? none);
  const rows = useMemo(
    () => (window === null ? [] : layRows({ me, window, pending: mine, unreadAfter, dayOf, now })),
    [me, window, mine, unreadAfter, now],
  );
  if (thread.phase.value === "unreachable" && window === null) return <Unreachable thread={thread} />;
  if (known === undefined || window === null) return slow ? <LogSkeleton /> : <div class="log-frame" />;
  const label = t("log.label", { name: titleOf(known.conversation, me) });
  if (rows.length === 0 && !window.hasBefore)
    return <EmptyThread conversation={known.conversation} me={me} />;
  return (
    <>
      <MessageLog
        client={client}
        thread={thread}
        rows={rows}
        hasBefore={window.hasBefore}
        hasAfter={window.hasAfter}
        label={label}
        actions={actions}
      />
      <OpenedAction thread={thread} actions={actions} />
      {thread.asksDate.value && (
        <Later>
          <DateDialog thread={thread} />
        </Later>
      )}
    </>
  );
}

/** Ends the mark of a conversation to come back to, and notes where its reader is when they go. */
function useVisit(thread: Thread, isKnown: boolean): void {
  const client = useClient();
  const arranging = useArranging();
  useEffect(() => {
    const known = thread.known.peek();
    // That it could not be said is no news.
    if (known !== undefined) arranging.opened(known).catch(() => {});
  }, [arranging, thread, isKnown]);
  useEffect(
    () => () => {
      thread.leave();
      client.reading.looksAway();
    },
    [client, thread],
  );
}

/** Draws the line of unread messages anew when some come while nobody looks, or are read elsewhere. */
function useDivider(thread: Thread): void {
  const unread = thread.known.value?.membership.unread ?? 0;
  const before = useRef(unread);
  useEffect(() => {
    if (before.current !== unread) thread.divide(before.current, document.hasFocus() && thread.atEnd.peek());
    before.current = unread;
  }, [thread, unread]);
}

/** Shows what is written in another session, once nobody writes here. */
function useDraft(thread: Thread): void {
  const draft = thread.known.value?.draft ?? null;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const wait = thread.writing.adoptDraft();
      if (wait !== null) timer = setTimeout(look, wait);
    };
    look();
    return () => clearTimeout(timer);
  }, [thread, draft]);
}

function EmptyThread({ conversation, me }: { conversation: Conversation; me: string }) {
  return (
    <div class="log-frame empty-thread">
      <ConversationAvatar conversation={conversation} me={me} size="large" />
      <p class="card-name">
        <bdi>{titleOf(conversation, me)}</bdi>
      </p>
      <p>{t("thread.empty")}</p>
      <p class="muted">{t("thread.emptyNext")}</p>
    </div>
  );
}

/** Said above the messages when the one that was asked for is not among them. */
function LostMessage({ thread }: { thread: Thread }) {
  return (
    <div class="thread-note" role="alert">
      <p>
        <strong>{t("permalink.lost")}</strong> {t("permalink.lostWhy")}
      </p>
      <CloseButton small onClose={() => (thread.lost.value = false)} />
    </div>
  );
}

function Unreachable({ thread }: { thread: Thread }) {
  return (
    <div class="log-frame empty-thread" role="alert">
      <p>{t("error.unreachable")}</p>
      <button type="button" class="button" onClick={() => void thread.open()}>
        {t("message.retry")}
      </button>
    </div>
  );
}

function LogSkeleton() {
  return (
    <div class="log-frame log-skeleton" role="status" aria-label={t("start.loading")}>
      {["", "own", "", "own", ""].map((side, index) => (
        <span key={index} class={`skeleton bubble-shape ${side}`} />
      ))}
    </div>
  );
}
