import type { Message } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { personOf } from "../domain/people.ts";
import { isJumbo } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { foreignHtml } from "../platform/foreign-html.ts";
import { useClient } from "./context.ts";
import { nameOf } from "./names.ts";
import { Prose } from "./prose.tsx";

/** The words of a message, or what is to be said in their stead; `children` stand at the end of its last line. */
export function MessageBody({ message, children }: { message: Message; children: ComponentChildren }) {
  const { body } = message;
  if (body === null || !("text" in body)) {
    return (
      <div class="text">
        <span class="gone">
          <Gone message={message} />
        </span>
        {children}
      </div>
    );
  }
  if (body.html === undefined)
    return (
      <Words text={body.text} conversationId={message.conversationId} authorId={message.authorId}>
        {children}
      </Words>
    );
  return (
    <>
      <Foreign html={body.html} />
      {children}
    </>
  );
}

/** Why there are no words. */
function Gone({ message: { conversationId, body, expired, deletedBy } }: { message: Message }) {
  const { store } = useClient();
  if (body !== null) return t("message.opaque");
  if (expired) return t("message.expired");
  if (deletedBy === null) return t("message.deleted");
  if (deletedBy === store.state.value.me) return t("message.deletedByYou");
  const conversation = store.conversation(conversationId)?.conversation;
  const person = conversation && personOf(conversation, deletedBy);
  return person === undefined ? t("message.deleted") : t("message.deletedBy", { name: nameOf(person) });
}

interface WordsProps {
  text: string;
  conversationId: string;
  authorId: string;
  children: ComponentChildren;
}

/** What somebody typed, as it stands in a bubble. */
export function Words({ text, children, ...place }: WordsProps) {
  return (
    <div class="text" dir="auto" data-jumbo={isJumbo(text)}>
      <Prose text={text} {...place}>
        {children}
      </Prose>
    </div>
  );
}

function Foreign({ html }: { html: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(foreignHtml(html)), [html]);
  return <div class="text prose" dir="auto" ref={place} />;
}
