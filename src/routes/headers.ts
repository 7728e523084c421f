import { createMiddleware } from "hono/factory";

/** The policy of our own pages: nothing from elsewhere, nothing inline, no HTML from a string that was not cleaned. */
export function pagePolicy(origin: string): string {
  const socket = origin.replace(/^http/, "ws");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    `connect-src 'self' ${socket}`,
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types dompurify app",
  ].join("; ");
}

/** The promise of TLS holds for a name whatever the port, so on this machine it would break everything else that runs here. */
function isThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin);
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Headers that every answer carries; a route that needs another policy sets its own. */
export function commonHeaders(origin: string) {
  const policy = pagePolicy(origin);
  const pinned = origin.startsWith("https:") && !isThisMachine(origin);
  return createMiddleware(async (c, next) => {
    await next();
    const set = (name: string, value: string): void => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    };
    set("Content-Security-Policy", policy);
    set("X-Content-Type-Options", "nosniff");
    set("Referrer-Policy", "no-referrer");
    set("Cross-Origin-Opener-Policy", "same-origin");
    set("Cross-Origin-Resource-Policy", "same-origin");
    set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (pinned) set("Strict-Transport-Security", "max-age=31536000");
  });
}

/** Answers of the API are for one person and one moment. */
export const noStore = createMiddleware(async (c, next) => {
  await next();
  c.res.headers.set("Cache-Control", "no-store");
  c.res.headers.set("Vary", "Authorization, Accept, Signature");
});
