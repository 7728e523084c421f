import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isGroup, othersOf, readersOf } from "../domain/people.ts";
import { countCharacters } from "../domain/text.ts";
import type { Thread } from "../domain/thread.ts";
import { isSending } from "../platform/enter-key.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { enumerate } from "./format.ts";
import { CloseIcon, PencilIcon, ReplyIcon, SendIcon, ShieldIcon } from "./icons.tsx";
import { listboxOf, MentionList, StrangersNote, useMentions } from "./mentions.tsx";
import { namesIn } from "./notice-text.ts";
import { authorOf } from "./quote.tsx";
import { ReachNotes } from "./reach-notes.tsx";
import { failureText } from "./refusals.ts";
import { titleOf } from "./names.ts";
import { Summary } from "./summary.tsx";

/** Where one writes. It always says who will be able to read it. */
export function Composer({ thread, known }: { thread: Thread; known: ConversationState }) {
  const { store, server } = useClient();
  const limit = server.value?.limits.messageGraphemes ?? Infinity;
  const text = thread.writing.text.value;
  const left = charactersLeft(text, limit);
  const blocked = text.trim() === "" || (left !== null && left < 0);
  const editing = thread.writing.editing.value !== null;
  const name = titleOf(known.conversation, store.state.value.me);
  function submit() {
    if (!blocked) void thread.writing.submit();
  }
  return (
    <form
      class="composer"
      data-region
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ComposerContext thread={thread} />
      <div class="composer-row">
        <TextInput thread={thread} known={known} label={t("composer.label", { name })} onSubmit={submit} />
        <button
          class="send"
          type="submit"
          disabled={blocked}
          aria-label={t(editing ? "composer.save" : "composer.send")}
        >
          <SendIcon />
        </button>
      </div>
      <StrangersNote text={text} known={known} />
      <ReachNotes known={known} />
      <div class="composer-foot">
        <Audience known={known} />
        <span class="count" role="status" data-over={left !== null && left < 0}>
          {left === null
            ? ""
            : left < 0
              ? t("composer.over", { count: -left })
              : t("composer.left", { count: left })}
        </span>
      </div>
    </form>
  );
}

function Audience({ known: { conversation } }: { known: ConversationState }) {
  const { server, store } = useClient();
  const { me } = store.state.value;
  const own = server.value?.host ?? location.host;
  const hosts = enumerate(readersOf(conversation, own));
  const others = othersOf(conversation, me).map(({ id }) => id);
  const names = namesIn(others, { conversation, me });
  const areMany = isGroup(conversation) && others.length > 0;
  return (
    <p class="audience">
      <ShieldIcon />
      <span>{areMany ? t("composer.audience", { names, hosts }) : t("composer.readable", { hosts })}</span>
    </p>
  );
}

/** What is being answered or edited, with the way out. */
function ComposerContext({ thread }: { thread: Thread }) {
  const editing = thread.writing.editing.value;
  const replyTo = thread.writing.replyTo.value;
  const failure = thread.writing.failure.value;
  const about = editing ?? replyTo;
  if (about === null) return null;
  return (
    <div class="composer-context">
      {editing === null ? <ReplyIcon /> : <PencilIcon />}
      <div class="composer-about">
        <bdi class="quote-author">
          {editing === null
            ? t("composer.replying", { name: authorOf(about, thread) })
            : t("composer.editing")}
        </bdi>
        <span class="quote-text" dir="auto">
          {failure === null && <Summary message={about} />}
        </span>
        {failure !== null && (
          <span class="field-error" role="alert">
            {failureText(failure)}
          </span>
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t("composer.cancel")}
        title={t("composer.cancel")}
        onClick={() => thread.writing.cancel()}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

interface TextInputProps {
  thread: Thread;
  known: ConversationState;
  label: string;
  onSubmit: () => void;
}

function TextInput({ thread, known, label, onSubmit }: TextInputProps) {
  const input = useRef<HTMLTextAreaElement>(null);
  const mentions = useMentions({ thread, known, input });
  const text = thread.writing.text.value;
  const about = thread.writing.editing.value ?? thread.writing.replyTo.value;
  useLayoutEffect(() => {
    if (input.current !== null) grow(input.current);
  }, [text]);
  useEffect(() => {
    // A soft keyboard that pops up by itself is in the way.
    if (about !== null || matchMedia("(hover: hover)").matches) input.current?.focus();
  }, [about]);
  function onKey(event: KeyboardEvent) {
    // During input-method composition Enter chooses a word.
    if (event.isComposing || event.keyCode === 229 || mentions.onKey(event)) return;
    if (isSending(event)) {
      event.preventDefault();
      onSubmit();
    } else if (event.key === "ArrowUp" && text === "" && thread.writing.editing.peek() === null) {
      event.preventDefault();
      thread.writing.editLast();
    } else if (event.key === "Escape" && thread.writing.cancel()) event.preventDefault();
  }
  return (
    <>
      <MentionList mentions={mentions} />
      <textarea
        ref={input}
        class="composer-input"
        rows={1}
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={(event) => {
          thread.writing.write(event.currentTarget.value);
          mentions.look();
        }}
        onKeyDown={onKey}
        onKeyUp={(event) => movesCaret.has(event.key) && mentions.look()}
        onClick={() => mentions.look()}
        onBlur={() => mentions.close()}
        {...listboxOf(mentions)}
      />
    </>
  );
}

const movesCaret: ReadonlySet<string> = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

/** For browsers that do not size a text field by its content. */
function grow(input: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  input.style.blockSize = "auto";
  input.style.blockSize = `${input.scrollHeight}px`;
}

/** How many more characters fit; null while the limit is far. */
function charactersLeft(text: string, limit: number): number | null {
  if (text.length < limit * 0.8) return null;
  const left = limit - countCharacters(text.trim());
  return left <= limit * 0.1 ? left : null;
}
