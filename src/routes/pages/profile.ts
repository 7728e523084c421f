import type { Context as Call } from "hono";
import { Hono } from "hono";
import { html } from "hono/html";
import { findLocalPerson } from "#domain/people.ts";
import { presentPerson } from "#present/people.ts";
import type { Services } from "../services.ts";

/** The public page of a person of this server, at `/@handle`. */
export function profileRoutes({ ctx }: Services) {
  return new Hono().get("/:at{@[A-Za-z0-9_]+}", async (c) => {
    const row = await findLocalPerson(ctx, { handle: c.req.param("at").slice(1) });
    if (row === null || row.kind === "application") return missing(c);
    const { name, address } = presentPerson(ctx.settings, row);
    const actor = `${ctx.settings.origin}/users/${row.id}`;
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>${name} (${address})</title>
            <link rel="stylesheet" href="/assets/page.css" />
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            <link rel="alternate" type="application/activity+json" href="${actor}" />
            <meta name="robots" content="noindex" />
          </head>
          <body>
            <main>
              <h1><bdi>${name}</bdi></h1>
              <p><bdi>${address}</bdi></p>
              <p>Write to this address from Luciole, Mastodon or any other server that speaks ActivityPub.</p>
              <p>
                <a href="/new?to=${encodeURIComponent(address)}">Write to <bdi>${name}</bdi></a>
              </p>
            </main>
          </body>
        </html>`,
    );
  });
}

function missing(c: Call) {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Not found</title>
        <link rel="stylesheet" href="/assets/page.css" />
      </head>
      <body>
        <main>
          <h1>Nobody is here</h1>
          <p>There is no such person on this server. <a href="/">Go to the start</a></p>
        </main>
      </body>
    </html>`;
  return c.html(page, 404);
}
