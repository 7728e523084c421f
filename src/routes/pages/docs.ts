import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Hono } from "hono";
import { html } from "hono/html";

const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const files = {
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
} as const;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const START = `SwaggerUIBundle({ url: "/api/chat/v1/openapi.json", dom_id: "#docs", deepLinking: true });`;

/** A page to browse and try the API with; all of it comes from this server. */
export function docsRoutes() {
  const app = new Hono();
  app.use("*", async (c, next) => {
    await next();
    c.res.headers.set("Content-Security-Policy", POLICY);
  });
  app.get("/", (c) => c.html(page));
  app.get("/start.js", (c) => c.body(START, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  for (const [name, type] of Object.entries(files)) {
    const body = readFileSync(join(folder, name));
    app.get(`/${name}`, (c) => c.body(body, 200, { "Content-Type": type, "Cache-Control": "max-age=86400" }));
  }
  return app;
}

const page = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Luciole API</title>
      <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
    </head>
    <body>
      <div id="docs"></div>
      <script src="/api/docs/swagger-ui-bundle.js"></script>
      <script src="/api/docs/start.js"></script>
    </body>
  </html>`;
