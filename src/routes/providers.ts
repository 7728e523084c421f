import { Hono, type Context as Call } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import { type Arrival, arrive, beginJourney, finishNewcomer, readNewcomer } from "#domain/issuers/sign-in.ts";
import { readPerson } from "#domain/people.ts";
import { Refusal } from "#lib/refusal.ts";
import type { ProviderNewcomer } from "#protocol/issuers.ts";
import { providerNewcomerSchema } from "#protocol/issuer-schemas.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { answerError, TooMany } from "./errors.ts";
import { keepFlow, readFlow } from "./flow.ts";
import { knowFrom, type FromEnv } from "./from.ts";
import { limitAddress } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import type { Services } from "./services.ts";
import { deviceOf, presentSecondStep, presentSignedIn } from "./signed-in.ts";
import { handleSchema } from "./sign-up.ts";

const tag = "Signing in";
/** Characters of the place to go on at. */
const PLACE = 1_000;

/** Where browsers go to a provider and come back from it; who sits before them reads a page, whatever happens. */
export function providerJourneys(services: Services) {
  const { ctx } = services;
  return new Hono<FromEnv>()
    .use(
      "*",
      knowFrom(services, () => "sign-in"),
      limitAddress(ctx),
    )
    .get(
      "/:slug",
      describe({
        tag,
        summary: "Go to a provider to sign in there; `next` is where to go on",
        answers: { 302: null },
        open: true,
      }),
      async (c) => {
        const next = (c.req.query("next") ?? "").slice(0, PLACE);
        const slug = c.req.param("slug");
        return c.redirect(await beginJourney(ctx, { slug, flow: keepFlow(c), next, link: null }));
      },
    )
    .get(
      "/:slug/callback",
      describe({ tag, summary: "Come back from a provider", answers: { 302: null }, open: true }),
      async (c) => {
        const { searchParams: answer } = new URL(c.req.url);
        const journey = { slug: c.req.param("slug"), answer, flow: readFlow(c), device: deviceOf(c) };
        return c.redirect(await leadOn(ctx, c, await arrive(ctx, journey)));
      },
    )
    .onError((error, c) => {
      const isUnknown = error instanceof Refusal && error.code === "not_found";
      if (error instanceof Refusal)
        return c.redirect(`/sign-in?problem=${isUnknown ? "provider_failed" : error.code}`);
      if (error instanceof TooMany) return c.redirect("/sign-in?problem=too_many");
      answerError(error, c); // which logs what nobody expected
      return c.redirect("/sign-in?problem=internal");
    });
}

/** The page that goes on with what came of a journey. What follows `#` is sent to no server. */
async function leadOn(ctx: Context, c: Call, arrival: Arrival): Promise<string> {
  if (arrival.kind === "link") return `/settings/account#link=${arrival.ticket}`;
  const next = arrival.next === "" ? "" : `?next=${encodeURIComponent(arrival.next)}`;
  if (arrival.kind === "newcomer") return `/welcome${next}#${arrival.ticket}`;
  const { begun, personId } = arrival;
  if ("ticket" in begun) {
    const step = Buffer.from(JSON.stringify(presentSecondStep(begun))).toString("base64url");
    return `/sign-in${next}#${step}`;
  }
  presentSignedIn(ctx, c, { person: await readPerson(ctx, personId), ...begun });
  return `/signed-in${next}`;
}

const ticket = z.string().min(1).max(200);
const Look = z.strictObject({ ticket });
const Finish = z.strictObject({ ticket, handle: handleSchema });

/** How somebody new goes on who was asked for a handle; mounted behind the check of the origin. */
export function newcomerRoutes({ ctx }: Services) {
  return new Hono<FromEnv>()
    .post(
      "/look",
      describe({
        tag,
        summary: "What somebody may be called who came in by a provider for the first time",
        answers: { 200: providerNewcomerSchema },
        open: true,
      }),
      limitAddress(ctx),
      parse("json", Look),
      async (c) => {
        const { name, handle } = await readNewcomer(ctx, { ...c.req.valid("json"), flow: readFlow(c) });
        return c.json<ProviderNewcomer>({ provider: name, handle });
      },
    )
    .post(
      "/finish",
      describe({
        tag,
        summary: "Make the account of somebody who came in by a provider, under a handle that they chose",
        answers: { 201: signedInSchema },
        open: true,
      }),
      limitAddress(ctx),
      parse("json", Finish),
      async (c) => {
        const chosen = { ...c.req.valid("json"), flow: readFlow(c), device: deviceOf(c) };
        const { personId, tokens } = await finishNewcomer(ctx, chosen);
        const person = await readPerson(ctx, personId);
        return c.json(presentSignedIn(ctx, c, { person, tokens }), 201);
      },
    );
}
