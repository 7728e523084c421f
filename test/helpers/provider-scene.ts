import { findFreePort } from "#db/embedded/postmaster.ts";
import type { IssuerInput } from "#domain/issuers/issuers.ts";
import { type Answer, startApp, type TestApp } from "./app.ts";
import { trust } from "./issuer.ts";
import { startProvider, type TestProvider } from "./oidc-provider.ts";

/** A browser that is on its way: what it keeps, and what it was answered last. */
export interface Traveller {
  cookie: string;
  answer: Answer;
  /** Where it was led. */
  location: string;
}

/** A server beside providers by which people sign in, under the names given; it may ask `others` too. */
export async function providerScene(
  names: readonly string[],
  given: Partial<IssuerInput> = {},
  others: readonly string[] = [],
) {
  const port = await findFreePort();
  const origin = `http://localhost:${port}`;
  const providers = await Promise.all(
    names.map((slug) => startProvider({ redirectUris: [`${origin}/auth/providers/${slug}/callback`] })),
  );
  const app = await startApp({ port, peers: [...providers.map(({ peer }) => peer), ...others] });
  for (const [at, slug] of names.entries()) {
    const { uri, clientId, clientSecret } = providers[at]!;
    const signIn = { signsIn: true, clientId, clientSecret, acceptsTokens: false, audience: null };
    await trust(app.ctx, { slug, uri, ...signIn, ...given });
  }
  return { app, providers };
}

/** Opens an address as a browser does that keeps cookies. */
export async function open(app: TestApp, path: string, cookie = ""): Promise<Traveller> {
  const answer = await app.request(path, { headers: { cookie } });
  const kept = new Map(
    cookie
      .split("; ")
      .filter(Boolean)
      .map((one) => [one.split("=")[0], one]),
  );
  for (const line of answer.headers.getSetCookie()) {
    const one = line.split(";")[0] ?? "";
    kept.set(one.split("=")[0], one);
  }
  return { cookie: [...kept.values()].join("; "), answer, location: answer.headers.get("location") ?? "" };
}

/** Goes to a provider and is led back, up to the address that leads back, which is not opened yet. */
export async function goThere(
  app: TestApp,
  {
    slug,
    provider,
    login,
    next = "",
  }: { slug: string; provider: TestProvider; login: string; next?: string },
): Promise<{ cookie: string; back: string }> {
  const begun = await open(app, `/auth/providers/${slug}?next=${encodeURIComponent(next)}`);
  const url = new URL(await provider.visit(begun.location, login));
  return { cookie: begun.cookie, back: url.pathname + url.search };
}

/** The whole journey of somebody who signs in. */
export async function signInBy(app: TestApp, journey: Parameters<typeof goThere>[1]): Promise<Traveller> {
  const { cookie, back } = await goThere(app, journey);
  return await open(app, back, cookie);
}

/** What somebody's browser asks with the cookie that it was given. */
export async function refresh(app: TestApp, { cookie }: Pick<Traveller, "cookie">): Promise<Answer> {
  return await app.request("/auth/refresh", { method: "POST", headers: { cookie, origin: app.origin } });
}
