import { Hono } from "hono";
import type { BearerEnv } from "../bearer.ts";
import type { Services } from "../services.ts";
import { departureRoutes, groupPictureRoutes, groupRoutes, timerRoutes } from "./groups.ts";
import { answerRoutes, invitationRoutes } from "./invitations.ts";
import { joinRequestRoutes, joinRoutes, linkRoutes, pastedLinkRoutes } from "./joining.ts";

/** All that concerns groups alone: what they are, and the ways in and out. */
export function aboutGroups(services: Services) {
  return new Hono<BearerEnv>()
    .route("/", groupRoutes(services))
    .route("/", groupPictureRoutes(services))
    .route("/", timerRoutes(services))
    .route("/", departureRoutes(services))
    .route("/", invitationRoutes(services))
    .route("/", answerRoutes(services))
    .route("/", linkRoutes(services))
    .route("/", pastedLinkRoutes(services))
    .route("/", joinRoutes(services))
    .route("/", joinRequestRoutes(services));
}
