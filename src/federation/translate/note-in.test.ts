import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { Unread } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { readBody } from "./body-in.ts";
import { readCreate as takeCreate, readDelete, readUpdate as takeUpdate } from "./note-in.ts";
import { textToHtml } from "./text-to-html.ts";

const origin = "https://a.example";
const actorUri = "https://b.example/u/bo";
const us = "https://a.example/users/0192f7a4-0000-7000-8000-00000000000a";

/** What a real server sent (test/fixtures/federation), read by the server that it was sent to. */
function captured(name: string) {
  const path = new URL(`../../../test/fixtures/federation/${name}.json`, import.meta.url);
  const { url, body } = JSON.parse(readFileSync(path, "utf8")) as { url: string; body: JsonObject };
  return { origin: new URL(url).origin, actorUri: body["actor"] as string, activity: body };
}

function create(object: Record<string, unknown>, activity: Record<string, unknown> = {}) {
  const note = {
    id: `${actorUri}/1`,
    type: "Note",
    attributedTo: actorUri,
    to: us,
    content: "<p>hi</p>",
    ...object,
  };
  return {
    origin,
    actorUri,
    activity: {
      id: `${actorUri}/1/create`,
      type: "Create",
      actor: actorUri,
      object: note,
      ...activity,
    } as JsonObject,
  };
}

function readCreate(unread: Unread) {
  const note = takeCreate(unread);
  return { ...note, body: readBody(note.body) };
}

function readUpdate(unread: Unread) {
  const edit = takeUpdate(unread);
  return { ...edit, body: readBody(edit.body) };
}

function reasonOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Dropped) return error.reason;
    throw error;
  }
  return "taken";
}

describe("what real servers send", () => {
  test("GoToSocial: a message, its mention taken away, its lists that are none", () => {
    expect(readCreate(captured("gotosocial-to-hollo-dm-create"))).toEqual({
      form: "Note",
      forwarded: false,
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

describe("a Note longer than anybody writes", () => {
  const bytes = (text: string | null) => Buffer.byteLength(text ?? "");

  test("is cut to 64 KiB within no character, says so, and is one's own text no more", () => {
    const content = `<p><b>start</b> ${"é".repeat(150_000)}</p>`;
    const { text, html } = readCreate(create({ content })).body;
    expect([text.startsWith("start é"), text.endsWith("é\n\n…"), html]).toEqual([true, true, null]);
    expect(text).not.toContain("\ufffd");
    expect(bytes(text)).toBeLessThan(64 * 1024 + 10);
    const source = { content: "x".repeat(300_000), mediaType: "text/plain" };
    expect(bytes(readCreate(create({ content: textToHtml(source.content), source })).body.text)).toBeLessThan(
      64 * 1024 + 10,
    );
  });

  test("shares its 64 KiB with its warning", () => {
    const [summary, content] = ["w".repeat(60_000), "c".repeat(60_000)];
    const { text } = readCreate(create({ summary, content })).body;
    expect(text).toMatch(/^w{60000}\n\nc{5536}\n\n…$/);
    const alone = readCreate(create({ summary: "w".repeat(70_000), content })).body;
    expect(alone.text).toMatch(/^w{65536}\n\n…$/);
  });

  test("whose harmless HTML is longer than 64 KiB is kept as its text", () => {
    const { text, html } = readCreate(
      create({ content: `<a href='https://x/${'"'.repeat(60_000)}'>x</a>` }),
    ).body;
    expect({ text, html }).toEqual({ text: "x", html: null });
    const just = readCreate(create({ content: `<a href='https://x/${'"'.repeat(10_000)}'>x</a>` })).body;
    expect(bytes(just.html)).toBeGreaterThan(60_000);
  });

  const size = 1_000_000;
  test.each<[string, Record<string, unknown>]>([
    ["ampersands", { content: "&".repeat(size) }],
    ["ampersands and letters", { content: "&a".repeat(size / 2) }],
    ["half references", { content: "&amp".repeat(size / 4) }],
    ["quotes in an address", { content: `<a href='https://x/${'"'.repeat(size)}'>x</a>` }],
    ["ampersands in an address", { content: `<a href='https://x/${"&a".repeat(size / 2)}'>x</a>` }],
    ["quotes in an address that just fits", { content: `<a href='https://x/${'"'.repeat(65_000)}'>x</a>` }],
    ["a warning of ampersands", { summary: "&".repeat(size) }],
    ["line breaks and words", { content: `${"x".repeat(50_000)}${"<br>x".repeat(1_990)}` }],
    [
      "a source that is a book",
      { content: "x", source: { content: "<\n\n".repeat(size / 3), mediaType: "text/plain" } },
    ],
    [
      "addressed and tagged",
      { to: [us], tag: Array.from({ length: 10_000 }, () => ({ type: "Mention", href: us, name: "@x" })) },
    ],
  ])("costs little: %s", (_what, object) => {
    readCreate(create({}));
    const before = process.threadCpuUsage();
    readCreate(create(object));
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(100);
  });
});

describe("dropped is", () => {
  const other = "https://b.example/u/vic";
  test.each<[string, string, ReturnType<typeof create>]>([
    ["a Note of somebody else", "not_attributed", create({ attributedTo: other })],
    ["a Note of two", "malformed", create({ attributedTo: [actorUri, other] })],
    ["a Note of nobody", "malformed", create({ attributedTo: undefined })],
    ["a Note on another server", "id_elsewhere", create({ id: "https://v.example/1" })],
    ["a Note over another scheme", "id_elsewhere", create({ id: "http://b.example/1" })],
    ["a Note on our server", "id_ours", create({ id: "https://a.example/m/1" })],
    ["a Note on our server in disguise", "id_ours", create({ id: "http://A.example./m/1" })],
    ["an activity on another server", "id_elsewhere", create({}, { id: "https://v.example/1/create" })],
    ["an activity without an id", "malformed", create({}, { id: undefined })],
    ["a Note for everybody", "public", create({ to: ["https://www.w3.org/ns/activitystreams#Public", us] })],
    ["a Note for everybody, short", "public", create({ cc: ["as:Public"] })],
    ["a Note for everybody, shorter", "public", create({ to: [us, "Public"] })],
    ["a Note for everybody, by its activity", "public", create({}, { to: "as:Public" })],
    [
      "a Note for everybody, over http",
      "public",
      create({ to: "http://www.w3.org/ns/activitystreams#Public" }),
    ],
    ["a Note to nobody", "unaddressed", create({ to: [] })],
    ["a Note to its author alone", "unaddressed", create({ to: [actorUri] })],
    ["a Note with blind copies only", "unaddressed", create({ to: undefined, bto: us, bcc: [us] })],
    [
      "a Note to thousands",
      "too_many_recipients",
      create({ to: Array.from({ length: 10_000 }, (_, n) => `https://b.example/u/${n}`) }),
    ],
    ["a Note to something without an address", "recipient_not_actor", create({ to: [us, "followers"] })],
    ["a Note to something unheard of", "recipient_not_actor", create({ to: [us, "data:,x"] })],
  ])("%s: %s", (_what, reason, activity) => {
    expect(reasonOf(() => readCreate(activity))).toBe(reason);
  });

  test.each([
    "data:,x",
    "javascript:alert(1)",
    "/m/1",
    "",
    `https://b.example/${"x".repeat(10_000)}`,
    "https://u:p@b.example/1",
  ])("an id like %.40s", (id) => {
    expect(["malformed", "id_elsewhere"]).toContain(reasonOf(() => readCreate(create({ id }))));
    expect(["malformed", "id_elsewhere"]).toContain(reasonOf(() => readDelete(create({}, { object: id }))));
  });

  test("a deletion of things elsewhere", () => {
    expect(reasonOf(() => readDelete(create({}, { object: "https://v.example/1" })))).toBe("id_elsewhere");
    expect(reasonOf(() => readDelete(create({}, { object: "https://a.example/m/1" })))).toBe("id_ours");
  });

  test("nothing for a deletion that is told to everybody, as snac does", () => {
    const to = ["https://www.w3.org/ns/activitystreams#Public"];
    expect(readDelete(create({}, { object: { id: `${actorUri}/1`, type: "Tombstone" }, to }))).toEqual({
      activityUri: `${actorUri}/1/create`,
      uri: `${actorUri}/1`,
    });
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
