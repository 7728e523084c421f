import { Hono } from "hono";
import type { Services } from "../services.ts";
import { signUpCodeRoutes, signUpRequestRoutes } from "./sign-ups.ts";

/** Everything under `/admin`. Who may do what is decided in the domain: whoever may not gets 403, whatever id they name. */
export function adminRoutes(services: Services) {
  return new Hono().route("/", signUpCodeRoutes(services)).route("/", signUpRequestRoutes(services));
}
