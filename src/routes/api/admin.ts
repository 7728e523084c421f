import { Hono } from "hono";
import type { Services } from "../services.ts";
import { adminEndingRoutes } from "./admin/endings.ts";
import { issuerRoutes } from "./admin/issuers.ts";
import { ipRuleRoutes, serverRuleRoutes } from "./admin/networks.ts";
import { office, type AdminEnv } from "./admin/office.ts";
import { adminPeopleRoutes, adminRoleRoutes } from "./admin/people.ts";
import { recordRoutes } from "./admin/record.ts";
import { adminSessionRoutes } from "./admin/sessions.ts";
import { resetLinkRoutes } from "./reset-links.ts";
import { signUpCodeRoutes, signUpRequestRoutes } from "./sign-ups.ts";

/** Everything under `/admin`. Who may do what is decided in the domain: whoever may not gets 403, whatever id they name. */
export function adminRoutes(services: Services) {
  return new Hono<AdminEnv>()
    .use("/admin/*", office(services.ctx))
    .route("/", adminPeopleRoutes(services))
    .route("/", adminEndingRoutes(services))
    .route("/", adminRoleRoutes(services))
    .route("/", adminSessionRoutes(services))
    .route("/", ipRuleRoutes(services))
    .route("/", serverRuleRoutes(services))
    .route("/", issuerRoutes(services))
    .route("/", recordRoutes(services))
    .route("/", signUpCodeRoutes(services))
    .route("/", signUpRequestRoutes(services))
    .route("/", resetLinkRoutes(services));
}
