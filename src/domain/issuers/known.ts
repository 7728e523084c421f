import { findIssuers, type IssuerRow } from "#db/issuers.ts";
import type { Context } from "../context.ts";
import { Known } from "../known.ts";

const issuers = new Known(findIssuers);

/** All issuers, as this process knows them. */
export async function readIssuers(ctx: Context): Promise<readonly IssuerRow[]> {
  return await issuers.read(ctx, ctx.db);
}

/** They have changed. */
export function forgetIssuers(ctx: Context): void {
  issuers.forget(ctx);
}

/** By which somebody can sign in now, oldest first. */
export async function listProviders(ctx: Context): Promise<{ slug: string; name: string }[]> {
  const all = await readIssuers(ctx);
  return all.filter(signsInNow).map(({ slug, name }) => ({ slug, name }));
}

/** The provider of this name; null when there is none by which somebody can sign in now. */
export async function findProvider(ctx: Context, slug: string): Promise<IssuerRow | null> {
  return (await readIssuers(ctx)).find((one) => one.slug === slug && signsInNow(one)) ?? null;
}

/** The issuer whose tokens carry this `iss`; null when its tokens are not taken. */
export async function findTokenIssuer(ctx: Context, uri: string): Promise<IssuerRow | null> {
  const all = await readIssuers(ctx);
  return all.find((one) => one.uri === uri && one.acceptsTokens && one.disabledAt === null) ?? null;
}

function signsInNow({ signsIn, disabledAt }: IssuerRow): boolean {
  return signsIn && disabledAt === null;
}
