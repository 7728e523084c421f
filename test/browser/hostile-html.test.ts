import type { Page } from "playwright-core";
import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { sanitizeHtml } from "#lib/html.ts";
import type { ConversationPage } from "#protocol/api.ts";
import { openBrowser } from "../helpers/browser.ts";
import { serveActor } from "../helpers/hostile-actor.ts";
import { hostileHtml } from "../helpers/hostile-html.ts";
import { sha256, signCavage } from "../helpers/hostile-signing.ts";
import { sendRaw } from "../helpers/send-raw.ts";
import { startServer, type TestServer } from "../helpers/server.ts";
import { HostilePeer } from "../hostile-peer.ts";
import { visit } from "./person.ts";

/** What must not be among the nodes of a message: all but a few tags, their attributes, and links to the web. */
const suspicious = `(root) => [...root.querySelectorAll("*")].flatMap((node) => {
  const tags = "p br a span b strong i em u s del ins sub sup small mark q code pre kbd blockquote ul ol li h1 h2 h3 h4 h5 h6 hr ruby rb rt rp".split(" ");
  const attributes = "href rel class start value target dir lang".split(" ");
  const found = [];
  if (!tags.includes(node.localName) || node.namespaceURI !== "http://www.w3.org/1999/xhtml" || node.shadowRoot) found.push(node.outerHTML);
  for (const { name } of node.attributes) if (!attributes.includes(name)) found.push(node.outerHTML);
  if (node.localName === "a" && node.hasAttribute("href") && !/^(https?|mailto):$/.test(node.protocol)) found.push(node.outerHTML);
  if (node.href && new URL(node.href).origin === location.origin) found.push(node.outerHTML);
  return found;
})`;

/** Notes what a page does beyond showing itself: dialogs that scripts open, and requests to others. */
function deedsOf(page: Page, origin: string): readonly string[] {
  const deeds: string[] = [];
  page.on("dialog", (dialog) => {
    deeds.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !/^(?:data|blob|about):/.test(request.url()))
      deeds.push(request.url());
  });
  return deeds;
}

test("IF-61: what the server keeps of hostile HTML runs and loads nothing, were it put into a page as it is", async ({
  skip,
}) => {
  const browser = await openBrowser(skip);
  const page = await browser.newPage();
  const deeds = deedsOf(page, "about:");
  for (const html of hostileHtml) {
    await page.setContent(`<div id="place"></div>`);
    const found = await page.evaluate<string[]>(`(() => {
      const place = document.getElementById("place");
      place.innerHTML = ${JSON.stringify(sanitizeHtml(html)).replaceAll("<", "\\u003c")};
      place.innerHTML = place.innerHTML; // some wake when they are written and read once more
      return (${suspicious})(place);
    })()`);
    expect([html, found]).toEqual([html, []]);
  }
  expect(deeds).toEqual([]);
});

/** As many as a page loads of a conversation at once. */
const together = 20;

test("IF-61: hostile HTML of another server, and HTML that no server has looked at, is shown without anything that runs", async ({
  skip,
}) => {
  const browser = await openBrowser(skip);
  const peer = await HostilePeer.start();
  onTestFinished(() => peer.close());
  const server = await startServer({ env: { ALLOW_PRIVATE_ADDRESSES: peer.host } });
  onTestFinished(() => server.stop());
  const { token, password } = await server.createAccount("ann");
  await deliverAll(server, peer, token);
  const ids = await acceptAll(server, token);
  expect(ids.length).toBe(Math.ceil(hostileHtml.length / together));

  const ann = await visit(browser, server.origin);
  const deeds = deedsOf(ann.page, server.origin);
  await ann.signIn("ann", password);
  const texts = ann.page.locator(".message .text");
  const look = async (): Promise<void> => {
    let seen = 0;
    for (const id of ids) {
      await ann.page.goto(`${server.origin}/c/${id}`);
      await texts.last().waitFor({ state: "attached" });
      seen += await texts.count();
      const found = await ann.page.evaluate<string[]>(
        `[...document.querySelectorAll(".message .text.prose")].flatMap(${suspicious})`,
      );
      expect(found).toEqual([]);
    }
    expect(seen).toBe(hostileHtml.length);
  };
  await look();
  expect(ann.complaints).toEqual([]);
  await ann.picture("hostile-html");
  // The client does not rely on the server: here is what came, as if nobody had sanitised it.
  const sql = postgres(server.databaseUrl ?? "", { max: 1 });
  const messages = await sql<{ id: string }[]>`select id from message order by received_at`;
  for (const [n, { id }] of messages.entries()) {
    await sql`update message set html = ${hostileHtml[n]?.replaceAll("\0", "") ?? ""} where id = ${id}`;
  }
  await sql.end();
  await look();
  expect(await ann.page.locator(".message .text.prose").count()).toBeGreaterThan(0);
  expect(deeds).toEqual([]);
});

/** Sends ann everything, so many by each of some people of the peer. */
async function deliverAll(server: TestServer, peer: HostilePeer, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const me = (await (await fetch(`${server.origin}/api/chat/v1/me`, { headers })).json()) as {
    person: { id: string };
  };
  const target = `/users/${me.person.id}/inbox`;
  const to = [`${server.origin}/users/${me.person.id}`];
  let author = serveActor(peer, "eve0");
  for (const [n, html] of hostileHtml.entries()) {
    if (n > 0 && n % together === 0) author = serveActor(peer, `eve${n}`, author.keys);
    const note = {
      id: `${author.id}/${n}`,
      type: "Note",
      attributedTo: author.id,
      to,
      content: `<p>${n} <b>x</b></p>${html}`,
    };
    const body = JSON.stringify({
      id: `${author.id}/${n}/create`,
      type: "Create",
      actor: author.id,
      to,
      object: note,
    });
    const request = {
      method: "POST",
      target,
      body,
      headers: {
        host: new URL(server.origin).host,
        date: new Date().toUTCString(),
        digest: `SHA-256=${sha256(body)}`,
        "content-type": "application/activity+json",
        "content-length": String(Buffer.byteLength(body)),
      },
    };
    const signed = signCavage(request, { keyId: author.keyId, privateKey: author.keys.privateKey });
    expect((await sendRaw(server.origin, signed)).status).toBe(202);
  }
}

/** Takes every request; answers the conversations. */
async function acceptAll(server: TestServer, token: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}` };
  const api = `${server.origin}/api/chat/v1`;
  const list = await (await fetch(`${api}/conversations?state=request`, { headers })).json();
  const ids = (list as ConversationPage).conversations.map(({ conversation: { id } }) => id);
  for (const id of ids) await fetch(`${api}/conversations/${id}/accept`, { method: "POST", headers });
  return ids;
}
