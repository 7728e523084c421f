import createPurifier from "dompurify";

const purifier = createPurifier(window);

purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "PRE") node.setAttribute("tabindex", "0"); // wide code is scrolled by keys, too
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow ugc");
});

/**
 * The only way for HTML of another server into the page: nodes of a small list of tags, with http(s) links and no other
 * attribute. It parses under the Trusted Types policy `dompurify`; no markup reaches `innerHTML`.
 */
export function foreignHtml(html: string): DocumentFragment {
  return purifier.sanitize(html, {
    ALLOWED_TAGS: [
      ..."a b blockquote br code del em i li ol p pre s span strong u ul".split(" "),
      ..."h1 h2 h3 h4 h5 h6".split(" "),
    ],
    ALLOWED_ATTR: ["href", "lang", "dir"],
    ALLOWED_URI_REGEXP: /^https?:\/\//i,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
