import type { Message } from "#protocol/types.ts";
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isJumbo, linkify } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { foreignHtml } from "../platform/foreign-html.ts";

/** The words of a message, or what is to be said in their stead. */
export function MessageBody({ message }: { message: Message }) {
  const { body } = message;
  if (body === null) return <p class="text gone">{t("message.deleted")}</p>;
  if (!("text" in body)) return <p class="text gone">{t("message.opaque")}</p>;
  if (body.html !== undefined) return <Foreign html={body.html} />;
  return (
    <div class="text" dir="auto" data-jumbo={isJumbo(body.text)}>
      <PlainText text={body.text} />
    </div>
  );
}

/** A plain text with its web addresses as links. */
export function PlainText({ text }: { text: string }) {
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
