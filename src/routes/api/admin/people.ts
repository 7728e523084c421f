import { Hono } from "hono";
import { z } from "zod";
import { giveRole, listPeople, restorePerson, suspendPerson } from "#domain/people-rules.ts";
import { listRolesFor, setPermissions } from "#domain/roles.ts";
import { requireConfirmation } from "#domain/sign-in/confirm.ts";
import { serverPermissions, serverRoles } from "#lib/server-role.ts";
import { presentAdministered } from "#present/admin.ts";
import type { AdminPeoplePage, AdminPerson, AdminRoles } from "#protocol/admin.ts";
import { adminPeoplePageSchema, adminPersonSchema, adminRolesSchema } from "#protocol/admin-schemas.ts";
import { confirmed } from "../../confirmed.ts";
import { describe, idOf, limitSchema, parse, printable } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";
const PeopleQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .max(100)
    .refine(...printable)
    .default(""),
  after: z.uuid().optional(),
  limit: limitSchema,
});
const PersonBody = z
  .strictObject({
    role: z.enum(serverRoles).exactOptional(),
    state: z.enum(["active", "suspended"]).exactOptional(),
  })
  .refine(({ role, state }) => (role === undefined) !== (state === undefined), {
    path: ["role"],
    message: "Either a role or a state is expected.",
  });
const RoleBody = z.strictObject({
  role: z.enum(serverRoles),
  permissions: z.array(z.enum(serverPermissions)).max(serverPermissions.length),
});

/** Who can sign in here, and what they may do. */
export function adminPeopleRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/people",
      describe({
        tag,
        summary: "Everybody who can sign in here, oldest first; `q` is how their handles begin",
        answers: { 200: adminPeoplePageSchema },
      }),
      parse("query", PeopleQuery),
      async (c) => {
        const { q, after, limit } = c.req.valid("query");
        const rows = await listPeople(ctx, {
          ...decider(c),
          handle: q.replace(/^@/, ""),
          after: after === undefined ? null : idOf<"person">(after),
          limit,
        });
        const next = rows.length < limit ? null : (rows.at(-1)?.id ?? null);
        return c.json<AdminPeoplePage>({ people: rows.map(presentAdministered), next });
      },
    )
    .patch(
      "/admin/people/:id",
      describe({
        tag,
        summary:
          "Give somebody a role (after `POST /me/confirm`), shut them out (their sessions end) or let them in again",
        answers: { 200: adminPersonSchema },
      }),
      parse("json", PersonBody),
      async (c) => {
        const { role, state } = c.req.valid("json");
        if (role !== undefined) await requireConfirmation(ctx, c.var.bearer, c.req.header("Confirmation"));
        const about = { ...decider(c), personId: idOf<"person">(c.req.param("id")) };
        const decide = state === "suspended" ? suspendPerson : restorePerson;
        const row = role === undefined ? await decide(ctx, about) : await giveRole(ctx, { ...about, role });
        return c.json<AdminPerson>(presentAdministered(row));
      },
    );
}

/** What each role may do. */
export function adminRoleRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/roles",
      describe({
        tag,
        summary: "What each role may do, from the most to the least",
        answers: { 200: adminRolesSchema },
      }),
      async (c) => c.json<AdminRoles>({ roles: await listRolesFor(ctx, decider(c)) }),
    )
    .put(
      "/admin/roles",
      describe({
        tag,
        summary: "Let a role do these and nothing else; only an owner may, after `POST /me/confirm`",
        answers: { 200: adminRolesSchema },
      }),
      confirmed(ctx),
      parse("json", RoleBody),
      async (c) => {
        await setPermissions(ctx, { ...decider(c), ...c.req.valid("json") });
        return c.json<AdminRoles>({ roles: await listRolesFor(ctx, decider(c)) });
      },
    );
}
