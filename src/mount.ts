import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "#domain/context.ts";
import { readGeneration } from "#domain/sync.ts";
import type { Federation } from "#federation/assemble.ts";
import type { Hub } from "#realtime/hub.ts";
import type { Presence } from "#realtime/presence.ts";
import { socketRoutes } from "#realtime/socket.ts";
import { adminRoutes } from "#routes/api/admin.ts";
import { aboutGroups } from "#routes/api/about-groups.ts";
import { accountRoutes, serverRoutes } from "#routes/api/account.ts";
import { actRoutes, shelfRoutes } from "#routes/api/acts.ts";
import { allowedAppRoutes } from "#routes/api/allowed-apps.ts";
import { exportRoutes } from "#routes/api/export.ts";
import type { AdminEnv } from "#routes/api/admin/office.ts";
import { conversationRoutes, oneConversationRoutes } from "#routes/api/conversations.ts";
import { deliveryRoutes, messageRoutes, oneMessageRoutes } from "#routes/api/messages.ts";
import { peopleRoutes } from "#routes/api/people.ts";
import { dataExportRoutes } from "#routes/api/data-exports.ts";
import { endingRoutes } from "#routes/api/ending.ts";
import { draftRoutes, folderRoutes } from "#routes/api/list.ts";
import { membershipRoutes, requestRoutes } from "#routes/api/membership.ts";
import { preferenceRoutes } from "#routes/api/preferences.ts";
import { reachRoutes } from "#routes/api/reach.ts";
import { searchRoutes } from "#routes/api/search.ts";
import { authRoutes } from "#routes/auth.ts";
import { handleRoutes } from "#routes/api/handle.ts";
import { movingRoutes } from "#routes/api/moving.ts";
import { passwordRoutes } from "#routes/api/password.ts";
import { confirmRoutes, totpRoutes } from "#routes/api/factors.ts";
import { passkeyRoutes } from "#routes/api/passkeys.ts";
import { identityRoutes } from "#routes/api/identities.ts";
import { sessionRoutes } from "#routes/api/sessions.ts";
import { bearer } from "#routes/bearer.ts";
import { answerError } from "#routes/errors.ts";
import { admitFrom, knowFrom, type FromEnv } from "#routes/from.ts";
import { commonHeaders, noStore } from "#routes/headers.ts";
import { limitActing, limitBody } from "#routes/limits.ts";
import { oauthRoutes } from "#routes/oauth/for-apps.ts";
import { docsRoutes } from "#routes/pages/docs.ts";
import { pictureRoutes } from "#routes/pages/pictures.ts";
import { providerJourneys } from "#routes/providers.ts";
import { profileRoutes } from "#routes/pages/profile.ts";
import { webRoutes } from "#routes/pages/web.ts";
import type { Services } from "#routes/services.ts";

const DESCRIPTION = [
  "Private chat, live, between servers.",
  "Send a bearer token in `Authorization`. Errors are `ApiError`; 422 names the field at fault.",
  "Apps get their tokens by OAuth 2 (`/.well-known/oauth-authorization-server`): whatever reads needs `chat:read`, whatever " +
    "writes `chat:write`, `/admin` needs `admin`; without it, 403 `insufficient_scope`. Passwords, factors and sessions are " +
    "for people themselves.",
  "Live changes: a WebSocket at `/api/chat/v1/socket` with the subprotocols `chat.v1` and `bearer.TOKEN`. The first " +
    "frame is `hello` with `generation`, `number` and `time`; every later one is a `Change`, `typing` or `presence`. Whoever missed a number asks " +
    "`/conversations/{id}/changes` or `/me/changes`; after an absence, `/sync`. Close codes: 4401 the token ended, " +
    "1012 and 1013 come back and catch up.",
].join("\n\n");

interface Mounted {
  ctx: Context;
  federation: Federation;
  hub: Hub;
  presence: Presence;
  webFolder: string;
  trustedProxies: readonly string[];
}

/** Mounts every door of one process. */
export function mount(parts: Mounted) {
  const { ctx, federation, hub, presence, trustedProxies } = parts;
  const { origin, version } = ctx.settings;
  const services: Services = {
    ctx,
    trustedProxies,
    resolveAddress: federation.resolveAddress,
    resolveTarget: federation.resolveTarget,
    lookAtLink: federation.lookAtLink,
    learnServers: federation.servers.learn,
    readEmoji: (id) => federation.emoji.read(id),
    readGroupPicture: (id) => federation.groupPictures.read(id),
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError(answerError);
  app.notFound((c) => c.json({ error: "not_found", message: "There is nothing here." }, 404));
  app.use("*", commonHeaders(origin));
  app.get("/health", async (c) => {
    await readGeneration(ctx);
    return c.json({ status: "ok" });
  });
  for (const { method, path, handle, takes } of federation.routes) {
    app.on(method, path, async (c, next) => {
      if (takes?.(c.req.raw) === false) return await next();
      await admitFrom(services, c, "federation");
      return handle(c.req.raw, { id: c.req.param("id") ?? "", target: c.env.incoming.url ?? "/" });
    });
  }
  app.route("/auth/providers", new Hono().use("*", noStore).route("/", providerJourneys(services)));
  app.route("/auth", new Hono().use("*", noStore, limitBody).route("/", authRoutes(services)));
  app.route("/api/chat/v1", api(app, { services, hub, presence, version }));
  app.route("/", oauthRoutes(services));
  app.route("/api/docs", docsRoutes());
  app.route("/", pictureRoutes(services));
  app.route("/", profileRoutes(services));
  app.route("/", webRoutes(parts.webFolder));
  return app;
}

function api(
  root: Hono<{ Bindings: HttpBindings }>,
  parts: { services: Services; hub: Hub; presence: Presence; version: string },
) {
  const { services, hub, presence, version } = parts;
  const { ctx } = services;
  const open = new Hono().route("/", serverRoutes(services)).route("/", socketRoutes({ ctx, hub, presence }));
  const closed = new Hono<AdminEnv>()
    .use("*", bearer(ctx), limitActing(ctx))
    .route("/", accountRoutes(services))
    .route("/", sessionRoutes(services))
    .route("/", identityRoutes(services))
    .route("/", allowedAppRoutes(services))
    .route("/", handleRoutes(services))
    .route("/", movingRoutes(services))
    .route("/", passwordRoutes(services))
    .route("/", confirmRoutes(services))
    .route("/", totpRoutes(services))
    .route("/", passkeyRoutes(services))
    .route("/", endingRoutes(services))
    .route("/", dataExportRoutes(services))
    .route("/", peopleRoutes(services))
    .route("/", preferenceRoutes(services))
    .route("/", conversationRoutes(services))
    .route("/", oneConversationRoutes(services))
    .route("/", exportRoutes(services))
    .route("/", reachRoutes(services))
    .route("/", membershipRoutes(services))
    .route("/", requestRoutes(services))
    .route("/", draftRoutes(services))
    .route("/", folderRoutes(services))
    .route("/", messageRoutes(services))
    .route("/", oneMessageRoutes(services))
    .route("/", deliveryRoutes(services))
    .route("/", aboutGroups(services))
    .route("/", actRoutes(services))
    .route("/", shelfRoutes(services))
    .route("/", searchRoutes(services))
    .route("/", adminRoutes(services));
  const documentation = {
    info: { title: "Luciole", version, description: DESCRIPTION },
    components: { securitySchemes: { bearer: { type: "http" as const, scheme: "bearer" } } },
    security: [{ bearer: [] }],
    servers: [{ url: ctx.settings.origin }],
  };
  const described = new Hono().get("/openapi.json", openAPIRouteHandler(root, { documentation }));
  return new Hono<FromEnv>()
    .use(
      "*",
      noStore,
      limitBody,
      knowFrom(services, () => "api"),
    )
    .route("/", described)
    .route("/", open)
    .route("/", closed);
}
