import { Hono } from "hono";
import { z } from "zod";
import { listIpRules, makeIpRule, removeIpRule } from "#domain/ip-rules.ts";
import { forgetServerRule, listServerRules, setServerRule } from "#domain/server-rules.ts";
import { doors } from "#lib/door.ts";
import { presentIpRule, presentServerRule } from "#present/admin.ts";
import type { IpRule, IpRuleList, ServerRule, ServerRuleList } from "#protocol/admin.ts";
import {
  ipRuleListSchema,
  ipRuleSchema,
  serverRuleListSchema,
  serverRuleSchema,
} from "#protocol/admin-schemas.ts";
import { describe, idOf, parse, printable } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";
const note = z
  .string()
  .trim()
  .max(500)
  .refine(...printable)
  .default("");
const IpRuleBody = z.strictObject({
  network: z.string().max(100),
  verdict: z.enum(["allow", "deny"]),
  doors: z.array(z.enum(doors)).min(1).max(doors.length),
  note,
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});
const ServerBody = z.strictObject({
  level: z.enum(["allow", "silence", "reject-media", "suspend"]),
  note,
});

/** From which networks requests are taken. */
export function ipRuleRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/ip-rules",
      describe({ tag, summary: "What is decided about networks", answers: { 200: ipRuleListSchema } }),
      async (c) => c.json<IpRuleList>({ rules: (await listIpRules(ctx, decider(c))).map(presentIpRule) }),
    )
    .post(
      "/admin/ip-rules",
      describe({
        tag,
        summary: "Keep a network out, or let it in; the rule for the longest prefix counts",
        answers: { 201: ipRuleSchema },
      }),
      parse("json", IpRuleBody),
      async (c) => {
        const { expiresAt, ...rule } = c.req.valid("json");
        const until = expiresAt === null ? null : new Date(expiresAt);
        const made = await makeIpRule(ctx, { ...decider(c), ...rule, expiresAt: until });
        return c.json<IpRule>(presentIpRule(made), 201);
      },
    )
    .delete(
      "/admin/ip-rules/:id",
      describe({ tag, summary: "Take a rule about a network back", answers: { 204: null } }),
      async (c) => {
        await removeIpRule(ctx, { ...decider(c), id: idOf<"ip-rule">(c.req.param("id")) });
        return c.body(null, 204);
      },
    );
}

/** With which servers this one talks. */
export function serverRuleRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/servers",
      describe({
        tag,
        summary: "What is decided about other servers",
        answers: { 200: serverRuleListSchema },
      }),
      async (c) => {
        const rows = await listServerRules(ctx, decider(c));
        return c.json<ServerRuleList>({ servers: rows.map(presentServerRule) });
      },
    )
    .put(
      "/admin/servers/:host",
      describe({
        tag,
        summary: "Decide about a server, and all below its name",
        answers: { 200: serverRuleSchema },
      }),
      parse("json", ServerBody),
      async (c) => {
        const rule = { ...decider(c), ...c.req.valid("json"), host: c.req.param("host") };
        return c.json<ServerRule>(presentServerRule(await setServerRule(ctx, rule)));
      },
    )
    .delete(
      "/admin/servers/:host",
      describe({ tag, summary: "Take back what is decided about a server", answers: { 204: null } }),
      async (c) => {
        await forgetServerRule(ctx, { ...decider(c), host: c.req.param("host") });
        return c.body(null, 204);
      },
    );
}
