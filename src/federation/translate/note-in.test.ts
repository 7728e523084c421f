import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#lib/bounded-json.ts";
import { actorUri, create, readCreate, us } from "../../../test/helpers/note-in.ts";
import type { Unread } from "./activity-in.ts";
import { readBody } from "./body-in.ts";
import { readDelete, readUpdate as takeUpdate } from "./note-in.ts";
import { textToHtml } from "./text-to-html.ts";

/** What a real server sent (test/fixtures/federation), read by the server that it was sent to. */
function captured(name: string) {
  const path = new URL(`../../../test/fixtures/federation/${name}.json`, import.meta.url);
  const { url, body } = JSON.parse(readFileSync(path, "utf8")) as { url: string; body: JsonObject };
  return { origin: new URL(url).origin, actorUri: body["actor"] as string, activity: body };
}

function readUpdate(unread: Unread) {
  const edit = takeUpdate(unread);
  return { ...edit, body: readBody(edit.body) };
}

describe("what real servers send", () => {
  test("GoToSocial: a message, its mention taken away, its lists that are none", () => {
    expect(readCreate(captured("gotosocial-to-hollo-dm-create"))).toEqual({
      form: "Note",
      forwarded: false,
      chatEpoch: null,
      activityUri: "https://gts.test/users/bob/statuses/01M814CYDZE0N0YFDSW6JS7YFD/activity#Create",
      uri: "https://gts.test/users/bob/statuses/01M814CYDZE0N0YFDSW6JS7YFD",
      recipients: ["https://hollo.test/@hugo"],
      mentioned: new Map([["https://hollo.test/@hugo", "@hugo@hollo.test"]]),
      contexts: [],
      inReplyTo: null,
      body: { text: "hello-pj3k5f DM", html: null },
      sentAt: new Date("2026-11-22T08:01:42Z"),
    });
  });

  test("Hollo: a message with its source, sent with milliseconds", () => {
    expect(readCreate(captured("hollo-to-gotosocial-dm-create"))).toMatchObject({
      uri: "https://hollo.test/@hana/01a20246-8a49-79e0-bf8c-22740331b072",
      recipients: ["https://gts2.test/users/bob"],
      body: { text: "hello-d7worz DM", html: null },
      sentAt: new Date("2026-11-22T08:01:47.106Z"),
    });
  });

  test("a content warning stands before the text", () => {
    for (const [name, text] of [
      ["gotosocial-to-hollo-dm-create-cw", "cw-pj3k5f"],
      ["hollo-to-gotosocial-dm-create-cw", "cw-d7worz"],
    ] as const) {
      const html = `<p><strong>secret</strong></p><p>${text}</p>`;
      expect(readCreate(captured(name)).body).toEqual({ text: `secret\n\n${text}`, html });
    }
  });

  test("of our own kind may say that it is passed on; nothing but `true` says so", () => {
    expect(readCreate(create({ chatForwarded: true })).forwarded).toBe(true);
    for (const chatForwarded of [false, "true", 1, [true], null, undefined])
      expect(readCreate(create({ chatForwarded })).forwarded).toBe(false);
  });

  test("a reply names its parent", () => {
    const parents = ["gotosocial-to-hollo-dm-reply", "hollo-to-gotosocial-dm-reply"].map(
      (name) => readCreate(captured(name)).inReplyTo,
    );
    expect(parents).toEqual([
      "https://hollo.test/@hana/01a20246-8a49-79e0-bf8c-22740331b072",
      "https://gts.test/users/bob/statuses/01M814CYDZE0N0YFDSW6JS7YFD",
    ]);
  });

  test("an edit carries the whole message and its time", () => {
    expect(readUpdate(captured("gotosocial-to-hollo-dm-edit")).body.text).toBe("edited-pj3k5f DM");
    expect(readUpdate(captured("hollo-to-gotosocial-dm-edit"))).toMatchObject({
      body: { text: "edited-d7worz DM", html: null },
      updatedAt: new Date("2026-11-22T08:02:03.826Z"),
    });
  });

  test("two edits of GoToSocial have one activity id and two times", () => {
    const edits = [2, 3].map((n) => readUpdate(captured(`gotosocial-to-hollo-twoedit-${n}-update`)));
    expect(edits[0]?.activityUri).toBe(edits[1]?.activityUri);
    expect(edits.map(({ updatedAt }) => updatedAt?.toISOString())).toEqual([
      "2026-11-22T08:10:52.000Z",
      "2026-11-22T08:10:55.000Z",
    ]);
  });

  test("a deletion names its object or encloses a Tombstone", () => {
    expect(readDelete(captured("gotosocial-to-hollo-dm-delete")).uri).toBe(
      "https://gts.test/users/bob/statuses/01M814CYDZE0N0YFDSW6JS7YFD",
    );
    expect(readDelete(captured("hollo-to-gotosocial-dm-delete")).uri).toBe(
      "https://hollo.test/@hana/01a20246-8a49-79e0-bf8c-22740331b072",
    );
  });
});

describe("a Note", () => {
  test("of our own kind comes with the very text that was typed", () => {
    const text = "two  spaces\n\n\n\nand https://c.example/?a&b <b>\n  indented";
    const source = { content: text, mediaType: "text/markdown" };
    expect(readCreate(create({ content: textToHtml(text), source })).body).toEqual({ text, html: null });
  });

  test("of our own kind keeps what was typed when it mentions somebody", () => {
    const text = "@ann **look**, @cy";
    const source = { content: text, mediaType: "text/markdown" };
    const content = textToHtml(text, ({ name }) => (name === "ann" ? "https://a.example/@ann" : null));
    const tag = [{ type: "Mention", href: us, name: "@ann@a.example" }];
    expect(readCreate(create({ content, source, tag })).body).toEqual({ text, html: null });
  });

  test("with Markdown that was not meant as such keeps its HTML beside the text", () => {
    const content = "<p>2*3*4</p>";
    expect(readCreate(create({ content })).body).toEqual({ text: "2*3*4", html: content });
  });

  test("whose source says something else than its content shows the content", () => {
    const source = { content: "another thing", mediaType: "text/plain" };
    expect(readCreate(create({ source })).body).toEqual({ text: "hi", html: null });
  });

  test("loses what runs, loads or deceives, and keeps what reads", () => {
    const content = `<p onclick="x()">a<script>alert(1)</script> <a href="javascript:x">b</a> <b>c</b><img src=x onerror=y></p>`;
    const { text, html } = readCreate(create({ content })).body;
    expect(text).toBe("a b c");
    expect(html).not.toMatch(/script|onclick|onerror|img/);
    expect(html).toContain("<b>c</b>");
  });

  test("is read in whatever shape JSON-LD allows", () => {
    const odd = create(
      {
        type: ["Note"],
        to: [{ type: "Person", id: us }],
        cc: null,
        content: undefined,
        contentMap: { en: "<p>hi</p>", de: "<p>hallo</p>" },
        attributedTo: { id: actorUri },
        inReplyTo: null,
        tag: null,
        context: { id: "https://b.example/c/1" },
        conversation: "tag:b.example,2026:c1",
        published: "yesterday",
        unknown: { nested: [1] },
      },
      { to: us },
    );
    expect(readCreate(odd)).toMatchObject({
      recipients: [us],
      contexts: ["https://b.example/c/1", "tag:b.example,2026:c1"],
      inReplyTo: null,
      body: { text: "hi" },
      sentAt: null,
    });
  });

  test("shows its files as links that nothing follows by itself", () => {
    const attachment = [
      { type: "Image", mediaType: "image/png", url: "https://b.example/cat.png", name: 'a "cat"' },
      { type: "Document", mediaType: "video/mp4", url: [{ type: "Link", href: "https://b.example/v.mp4" }] },
      { type: "Image", url: "javascript:alert(1)" },
      7,
    ];
    const { html, text } = readCreate(create({ attachment })).body;
    expect(text).toBe('hi\n\na "cat"\n\nvideo/mp4');
    expect(html).toContain('href="https://b.example/cat.png"');
    expect(html).not.toContain("javascript");
  });

  test("keeps names that are part of what is said", () => {
    const tag = [{ type: "Mention", href: us, name: "@ann@a.example" }];
    const at = (name: string) =>
      `<a href="https://a.example/@ann" class="u-url mention">@<span>${name}</span></a>`;
    const said = (content: string) => readCreate(create({ content, tag })).body.text;
    expect(said(`<p>${at("ann")} hello ${at("ann")}</p>`)).toBe("hello @ann");
    expect(said(`${at("ann@a.example")}&nbsp;${at("Ann")}<br>hello`)).toBe("hello");
    expect(said(`<p>${at("cy")} hello</p>`)).toBe("@cy hello");
    expect(said(`<p>${at("ann")}</p>`)).toBe("@ann");
    expect(said(`<p><a href="https://c.example">ann</a> hello</p>`)).toBe("ann hello");
  });
});

test("what is embedded beside the message is not looked at", () => {
  const forged = {
    id: "https://v.example/1",
    type: "Note",
    attributedTo: "https://v.example/u/vic",
    content: "forged",
  };
  const inside = create({
    inReplyTo: forged,
    context: { ...forged, id: "https://b.example/c/1" },
    replies: { first: { items: [forged] } },
    quote: forged,
    tag: [forged],
  });
  const note = readCreate(inside);
  expect(note).toMatchObject({ inReplyTo: "https://v.example/1", contexts: ["https://b.example/c/1"] });
  expect(JSON.stringify(note)).not.toContain("forged");
});
