import { expect, test } from "vitest";
import { makeIpRule, removeIpRule } from "#domain/ip-rules.ts";
import type { Door } from "#lib/door.ts";
import { startApp, type TestApp } from "../helpers/app.ts";
import { poll } from "../helpers/poll.ts";

const rule = { by: null, verdict: "deny", note: "", expiresAt: null } as const;

/** How each door answers somebody who comes from an address. */
async function knock(app: TestApp, token: string, forwarded: string): Promise<Record<Door, number>> {
  const headers = { "x-forwarded-for": forwarded, origin: app.origin };

  const ask = async (path: string, options: object) =>
    (await app.request(path, { headers: { ...headers }, ...options })).status;
  return {
    "sign-up": await ask("/auth/sign-up", { json: { password: "no" } }),
    "sign-in": await ask("/auth/sign-in", { json: { password: "no" } }),
    api: await ask("/api/chat/v1/me/own", { token }),
    federation: await ask("/nodeinfo/2.1", {}),
  };
}

const open = { "sign-up": 422, "sign-in": 422, api: 200, federation: 200 };

test("CL-25: who is kept out is kept out of the doors that the rule names, on every node, however the address is spelled", async () => {
  const app = await startApp();
  const beside = await startApp({ beside: app });
  const { token } = await app.person("ann");
  expect(await knock(app, token, "192.0.2.1")).toEqual(open);
  for (const door of ["sign-up", "sign-in", "api", "federation"] as const) {
    const { id } = await makeIpRule(app.ctx, { ...rule, network: "192.0.2.0/24", doors: [door] });
    const isClosed = async (node: TestApp) => (await knock(node, token, "192.0.2.1"))[door] === 403;
    await poll("the other node to hear of it", () => isClosed(beside));
    for (const spelling of [
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "::FFFF:C000:0201",
      "192.000.002.001",
      "6.6.6.6, 192.0.2.1",
      "192.0.2.1:4711",
    ])
      expect([spelling, await knock(app, token, spelling)]).toEqual([spelling, { ...open, [door]: 403 }]);
    expect(await knock(app, token, "192.0.2.1, 198.51.100.1")).toEqual(open);
    await removeIpRule(app.ctx, { by: null, id });
    await poll("the other node to hear of it", async () => !(await isClosed(beside)));
  }
});

test("CL-09: what somebody says of their own address counts for nothing", async () => {
  const app = await startApp({ trustedProxies: [] });
  const { token } = await app.person("ann");
  await makeIpRule(app.ctx, { ...rule, network: "192.0.2.0/24", doors: ["api"] });
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "x-remote-user", "cf-connecting-ip"]) {
    const { status } = await app.request("/api/chat/v1/me/own", { token, headers: { [name]: "192.0.2.1" } });
    expect([name, status]).toEqual([name, 200]);
  }
  await makeIpRule(app.ctx, { ...rule, network: "127.0.0.0/8", doors: ["api"] });
  await makeIpRule(app.ctx, { ...rule, network: "::1", doors: ["api"] });
  const { status, json } = await app.request("/api/chat/v1/me/own", {
    token,
    headers: { "x-forwarded-for": "198.51.100.1", "x-real-ip": "198.51.100.1" },
  });
  expect([status, json]).toMatchObject([403, { error: "address_refused" }]);
  await expect(app.socket(token)).rejects.toThrow("403");
});
