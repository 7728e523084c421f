import { Hono } from "hono";
import { z } from "zod";
import { readRole } from "#domain/accounts.ts";
import { listProviders } from "#domain/issuers/known.ts";
import { HANDLE_LENGTH } from "#domain/handles.ts";
import { PASSWORD_LENGTH } from "#domain/passwords.ts";
import { readPerson } from "#domain/people.ts";
import { readPersonalChanges } from "#domain/personal-changes.ts";
import { permissionsOf } from "#domain/roles.ts";
import { readOwn } from "#domain/relations/read.ts";
import { readServerSettings } from "#domain/server-settings.ts";
import { sync } from "#domain/sync.ts";
import { serverPermissions } from "#lib/server-role.ts";
import { presentPersonalChange } from "#present/changes.ts";
import { presentView } from "#present/conversations.ts";
import { presentPerson } from "#present/people.ts";
import { presentOwn } from "#present/relations.ts";
import type { ChangePage, Me, Own, ServerInfo, Sync } from "#protocol/api.ts";
import { changePageSchema } from "#protocol/change-schemas.ts";
import { ownSchema, serverInfoSchema, syncSchema } from "#protocol/schemas.ts";
import { meSchema } from "#protocol/session-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { counterSchema, describe, limitSchema, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const ChangesQuery = z.strictObject({ after: counterSchema, limit: limitSchema });
const SyncQuery = z.strictObject({ after: z.string().min(1).max(100).optional() });

/** What anybody may know of this server before signing in. */
export function serverRoutes({ ctx }: Services) {
  const { host, version, messageGraphemes, accountGraceDays } = ctx.settings;
  const limits = {
    messageGraphemes,
    handleLength: HANDLE_LENGTH,
    passwordLength: PASSWORD_LENGTH,
    accountGraceDays,
  };
  return new Hono().get(
    "/server",
    describe({ tag: "Server", summary: "About this server", answers: { 200: serverInfoSchema }, open: true }),
    async (c) => {
      const [{ registration }, providers] = await Promise.all([readServerSettings(ctx), listProviders(ctx)]);
      return c.json<ServerInfo>({ name: host, host, version, registration, providers, limits });
    },
  );
}

/** The caller's own account, and where they stand. */
export function accountRoutes({ ctx }: Services) {
  const place = ctx.settings;
  return new Hono<BearerEnv>()
    .get(
      "/me",
      describe({ tag: "Account", summary: "Who the token speaks for", answers: { 200: meSchema } }),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const [person, role] = await Promise.all([readPerson(ctx, personId), readRole(ctx, personId)]);
        const may = await permissionsOf(ctx, role);
        const permissions = serverPermissions.filter((permission) => may.has(permission));
        return c.json<Me>({ person: presentPerson(place, person), role, permissions, sessionId });
      },
    )
    .get(
      "/me/own",
      describe({
        tag: "Account",
        summary: "What only one's own sessions see: whom one blocks or mutes, what one chose",
        answers: { 200: ownSchema },
      }),
      async (c) => c.json<Own>(presentOwn(place, await readOwn(ctx, c.var.bearer.personId))),
    )
    .get(
      "/me/changes",
      describe({
        tag: "Sync",
        summary: "Catch up with one's own changes: read marks, requests, deliveries",
        answers: { 200: changePageSchema },
      }),
      parse("query", ChangesQuery),
      async (c) => {
        const { changes, through, more } = await readPersonalChanges(ctx, {
          ...c.var.bearer,
          ...c.req.valid("query"),
        });
        return c.json<ChangePage>({
          changes: changes.map((change) => presentPersonalChange(place, change)),
          through,
          more,
        });
      },
    )
    .get(
      "/sync",
      describe({
        tag: "Sync",
        summary:
          "Which conversations changed since a cursor; without one, where to begin. 409 `stale`: start afresh",
        answers: { 200: syncSchema },
      }),
      parse("query", SyncQuery),
      async (c) => {
        const { after = null } = c.req.valid("query");
        const { views, ...rest } = await sync(ctx, { personId: c.var.bearer.personId, after });
        return c.json<Sync>({ ...rest, conversations: views.map((view) => presentView(place, view)) });
      },
    );
}
