import type { Message } from "#protocol/types.ts";
import { type ComponentChildren, Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isJumbo, linkify } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { foreignHtml } from "../platform/foreign-html.ts";

/** The words of a message, or what is to be said in their stead; `children` stand at the end of its last line. */
export function MessageBody({ message, children }: { message: Message; children: ComponentChildren }) {
  const { body } = message;
  if (body === null || !("text" in body)) {
    return (
      <div class="text">
        <span class="gone">{t(body === null ? "message.deleted" : "message.opaque")}</span>
        {children}
      </div>
    );
  }
  if (body.html === undefined) return <Words text={body.text}>{children}</Words>;
  return (
    <>
      <Foreign html={body.html} />
      {children}
    </>
  );
}

/** A plain text as it stands in a bubble. */
export function Words({ text, children }: { text: string; children: ComponentChildren }) {
  return (
    <div class="text" dir="auto" data-jumbo={isJumbo(text)}>
      <PlainText text={text} />
      {children}
    </div>
  );
}

/** A plain text with its web addresses as links. */
function PlainText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((stretch, index) =>
        stretch.kind === "link" ? (
          <a key={index} href={stretch.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {stretch.text}
          </a>
        ) : (
          <Fragment key={index}>{stretch.text}</Fragment>
        ),
      )}
    </>
  );
}

function Foreign({ html }: { html: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(foreignHtml(html)), [html]);
  return <div class="text rich" dir="auto" ref={place} />;
}
