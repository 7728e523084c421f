import type { Context as Call } from "hono";
import { setCookie } from "hono/cookie";
import type { Context } from "#domain/context.ts";
import type { PersonRow } from "#domain/people.ts";
import { beginSession, type SecondStep as Asked } from "#domain/sign-in/begin.ts";
import { type Device, deviceFrom } from "#domain/open-session.ts";
import { ACCESS_SECONDS, REFRESH_SECONDS, type TokenPair } from "#domain/tokens.ts";
import { presentPerson } from "#present/people.ts";
import type { SignedIn } from "#protocol/api.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import type { FromEnv } from "./from.ts";

/** The one cookie of the product; only `POST /auth/refresh` reads it. */
export const COOKIE = "refresh";
export const cookieOptions = {
  prefix: "host",
  httpOnly: true,
  secure: true,
  sameSite: "Strict",
  path: "/",
} as const;

/** The access token goes into the answer, for memory only; the refresh token into the cookie. */
export function presentSignedIn(
  ctx: Context,
  c: Call,
  { person, tokens }: { person: PersonRow; tokens: TokenPair },
): SignedIn {
  setCookie(c, COOKIE, tokens.refresh, { ...cookieOptions, maxAge: REFRESH_SECONDS });
  return {
    accessToken: tokens.access,
    expiresIn: ACCESS_SECONDS,
    person: presentPerson(ctx.settings, person),
  };
}

/** What is asked for besides. */
export function presentSecondStep({ ticket, factors, passkey, endsAt }: Asked): SecondStep {
  return { ticket, factors, passkey: passkey && { ...passkey }, endsAt: endsAt?.toISOString() ?? null };
}

/** From what a request comes. */
export function deviceOf<Env extends FromEnv>(c: Call<Env>): Device {
  return deviceFrom(c.req.header("User-Agent"), c.var.from.address);
}

/** Begins a session by a password; 202 where more is asked for. */
export async function enter<Env extends FromEnv>(
  ctx: Context,
  c: Call<Env>,
  { person, status, ...proof }: { person: PersonRow; passwordHash?: string; status: 200 | 201 },
) {
  const begun = await beginSession(ctx, {
    personId: person.id,
    device: deviceOf(c),
    by: "password",
    ...proof,
  });
  if ("ticket" in begun) return c.json(presentSecondStep(begun), 202);
  return c.json(presentSignedIn(ctx, c, { person, ...begun }), status);
}
