import { expect, test } from "vitest";
import { startApp } from "../../test/helpers/app.ts";
import { registerApp, sitDown, tokenFor } from "../../test/helpers/oauth.ts";
import { scopeOf } from "./scopes.ts";

const base = "/api/chat/v1";

test("what runs the server needs its own scope, what is one's own account is shut to apps, and a new route too", () => {
  expect(scopeOf("GET", `${base}/conversations`)).toBe("chat:read");
  expect(scopeOf("HEAD", `${base}/me/folders/x`)).toBe("chat:read");
  expect(scopeOf("PATCH", `${base}/me/preferences`)).toBe("chat:write");
  for (const path of ["/admin/people", "/admin/x"]) expect(scopeOf("GET", base + path)).toBe("admin");
  const shut = [
    "/me/apps",
    "/me/sessions",
    "/me/password",
    "/me/own-key",
    "/conversationsx",
    "/new",
    "/adminx",
  ];
  for (const path of shut) expect([path, scopeOf("GET", base + path)]).toEqual([path, "account"]);
  expect(scopeOf("POST", "/auth/consent")).toBe("account");
});

test("a token for everything that an app may have opens no route of an account, however its path is spelled", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const client = await registerApp(app, { scopes: "read write follow push profile" });
  const token = await tokenFor(app, seat, { client, scope: "read write follow push profile" });
  const { paths } = (await app.request(`${base}/openapi.json`)).json as {
    paths: Record<string, Record<string, { security?: [] }>>;
  };
  const closed = Object.entries(paths)
    .filter(([path]) => path.startsWith(base))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        path,
        method,
        isOpen: security !== undefined,
      })),
    )
    .filter(({ path, method, isOpen }) => !isOpen && !scopeOf(method.toUpperCase(), path).startsWith("chat"));
  expect(closed.length).toBeGreaterThan(10);
  for (const { path, method } of closed) {
    const real = path.replaceAll(/\{\w+\}/g, "01920000-0000-7000-8000-000000000000");
    for (const spelled of [real, real.replace("/me/", "/%6de/").replace("/admin/", "/%61dmin/")]) {
      const body = method === "get" ? {} : { json: {} };
      const { status, json } = await app.request(spelled, { token, method: method.toUpperCase(), ...body });
      expect([spelled, status, json]).toMatchObject([spelled, 403, { error: "insufficient_scope" }]);
    }
  }
});
