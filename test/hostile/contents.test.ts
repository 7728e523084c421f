import { expect, test } from "vitest";
import { startHostileApp, type HostileApp } from "../helpers/hostile-app.ts";

/** The HTML that ann's client is given for each of her messages. */
async function shown(app: HostileApp): Promise<string[]> {
  return (await app.requests())
    .flatMap(({ messages }) => messages)
    .map(({ body }) => (body !== null && "html" in body ? (body.html ?? "") : ""));
}

test("IF-51: text that costs most to read is taken cut, or not at all, and holds nobody up", async () => {
  const app = await startHostileApp();
  const mention = '<a class="u-url mention" href="https://b.example/@x">@x</a> ';
  const contents: Record<string, string> = {
    "nested tags": "<b>".repeat(100_000),
    "nested lists": "<ul><li>".repeat(30_000),
    "crossed tags": "<b><i></b></i>".repeat(20_000),
    "open tags": `<a ${"href=".repeat(50_000)}`,
    "mentions in HTML": mention.repeat(7_000),
    "mentions in text": "@x ".repeat(130_000),
    "blanks and breaks": `<pre>${" \n".repeat(130_000)}x</pre>`,
    brackets: "<".repeat(400_000),
    references: "&amp;".repeat(80_000),
    "addresses and stops": `https://b.example/${".)".repeat(200_000)}`,
    backquotes: "`".repeat(200_000),
    emphasis: "*a_".repeat(100_000),
  };
  for (const [name, content] of Object.entries(contents)) {
    const tag = Array.from({ length: 1_000 }, (_, n) => ({
      type: "Mention",
      href: app.ann.uri,
      name: `@${n}`,
    }));
    const said = app.create({ content, source: { content, mediaType: "text/markdown" }, tag });
    expect([name, (await app.send(app.signed(said))).status]).toEqual([name, 202]);
  }
  for (const html of await shown(app)) expect(Buffer.byteLength(html)).toBeLessThanOrEqual(64 * 1024);
  for (const text of await app.texts()) expect(Buffer.byteLength(text ?? "")).toBeLessThanOrEqual(80 * 1024);
  const many = Array.from({ length: 4_000 }, (_, n) => ({
    type: "Mention",
    href: `${app.eve.id}/${n}`,
    name: "@x",
  }));
  await app.withstands(
    { "12,000 parts of mentions": app.signed(app.create({ tag: many })) },
    { status: 400 },
  );
});

test("IF-60: of files at most sixteen are kept, as links, and none is asked for", async () => {
  const app = await startHostileApp();
  const { peer } = app;
  const large = { width: 1e9, height: 1e9, blurhash: "x".repeat(500_000) };
  const attachment = [
    { type: "Document", url: "javascript:alert(1)", name: "script" },
    { type: "Document", url: "data:text/html,<script>alert(1)</script>", name: "data" },
    { type: "Document", url: "file:///etc/passwd", name: "file" },
    { type: "Image", url: "http://169.254.169.254/x.png", name: "inside", ...large },
    { type: "Image", url: peer.url("/x.svg"), mediaType: "image/svg+xml", width: 0, height: 0 },
    { type: "Image", url: peer.url("/x.html"), mediaType: "image/png", name: "<script>alert(1)</script>" },
    {
      type: "Link",
      href: peer.url('/"><img src=x onerror=alert(1)>'),
      name: '"><img src=x onerror=alert(1)>',
    },
    7,
    null,
    "https://b.example/plain",
    ...Array.from({ length: 1_000 }, (_, n) => ({
      type: "Document",
      url: peer.url(`/${n}`),
      name: `file ${n}`,
    })),
  ];
  expect((await app.send(app.signed(app.create({ attachment })))).status).toBe(202);
  const [html = ""] = await shown(app);
  const links = [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = ""]) => href);
  expect(links.length).toBeGreaterThan(3);
  expect(links.length).toBeLessThanOrEqual(16);
  expect(links.every((href) => /^https?:\/\/[^"<>]+$/.test(href))).toBe(true);
  expect(html).not.toMatch(/<(?!\/?(?:p|a)\b)/);
  expect(html).not.toContain("javascript:");
  expect(new Set(peer.requests.map(({ url }) => url))).toEqual(new Set([app.eve.path]));
  expect(app.strangers).toEqual([]);
  const endless = Array.from({ length: 10_000 }, (_, n) => ({ type: "Document", url: peer.url(`/${n}`) }));
  await app.withstands(
    { "10,000": app.signed(app.create({ attachment: endless })) },
    { status: 400, asked: [] },
  );
});
