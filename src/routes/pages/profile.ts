import { Hono } from "hono";
import { html } from "hono/html";
import { findLocalPerson } from "#domain/people.ts";
import { presentPerson } from "#present/people.ts";
import type { Services } from "../services.ts";

type Html = ReturnType<typeof html>;

/** The public page of a person of this server, at `/@handle`; a handle that they had leads there as long as it is kept. */
export function profileRoutes({ ctx }: Services) {
  return new Hono().get("/:at{@[A-Za-z0-9_]+}", async (c) => {
    const handle = c.req.param("at").slice(1);
    const row = await findLocalPerson(ctx, { handle });
    if (row === null || row.kind === "application")
      return c.html(page({ title: "Not found", main: nobody }), 404);
    // Not for ever: one day somebody else may have it.
    if (row.handle.toLowerCase() !== handle.toLowerCase()) return c.redirect(`/@${row.handle}`, 302);
    const { name, address } = presentPerson(ctx.settings, row);
    const actor = `${ctx.settings.origin}/users/${row.id}`;
    const head = html`<link rel="alternate" type="application/activity+json" href="${actor}" />`;
    const main = html`
      <h1><bdi>${name}</bdi></h1>
      <p><bdi>${address}</bdi></p>
      <p>Write to this address from Luciole, Mastodon or any other server that speaks ActivityPub.</p>
      <p>
        <a href="/new?to=${encodeURIComponent(address)}"
          ><span>Write to <bdi>${name}</bdi></span></a
        >
      </p>
    `;
    return c.html(page({ title: `${name} (${address})`, head, main }));
  });
}

const nobody = html`
  <h1>Nobody is here</h1>
  <p>There is no such person on this server.</p>
  <p><a href="/">Go to the start</a></p>
`;

function page({ title, head = html``, main }: { title: string; head?: Html; main: Html }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/page.css" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${head}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html>`;
}
