import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { findApp, insertApp, type AppRow } from "#db/apps.ts";
import { newId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { parseScopes } from "#lib/scopes.ts";
import type { Context } from "../context.ts";
import { isRedirectUri } from "./redirect.ts";

export type { AppRow };

/** What an app may be asked for when it says nothing of it. */
const USUAL_SCOPES = "read";

/** An app says what it is; anybody may. Its secret is answered this once. Refuses `redirect_invalid` and `invalid_scope`. */
export async function registerApp(
  ctx: Context,
  input: {
    name: string;
    website: string | null;
    redirectUris: readonly string[];
    scopes: string | undefined;
    /** Whether it can keep a secret. */
    confidential: boolean;
  },
): Promise<{ app: AppRow; secret: string | null }> {
  const { name, website, confidential } = input;
  const redirectUris = [...new Set(input.redirectUris)];
  if (!redirectUris.every((uri) => isRedirectUri(uri, ctx.settings.host))) {
    throw new Refusal("redirect_invalid", { field: "redirect_uris" });
  }
  const scopes = scopesOf(input.scopes);
  const secret = confidential ? randomText() : null;
  const app: AppRow = {
    id: newId<"app">(),
    clientId: randomText(),
    secretHash: secret === null ? null : digestOf(secret),
    name,
    website,
    redirectUris,
    scopes,
    createdAt: ctx.now(),
    usedAt: null,
  };
  await insertApp(ctx.db, app);
  return { app, secret };
}

/** What a text asks for, or what is usual where it asks for nothing. Refuses `invalid_scope`. */
export function scopesOf(text: string | undefined): string[] {
  const scopes = parseScopes(text || USUAL_SCOPES);
  if (scopes === null) throw new Refusal("invalid_scope", { field: "scope" });
  return scopes;
}

/** By what an app shows which one it is. */
export interface ClientCredentials {
  clientId: string;
  secret: string | undefined;
}

/**
 * The app that speaks: by its secret, if it has one, and by its id alone if not, which proves nothing. Refuses
 * `invalid_client`, whatever was wrong.
 */
export async function authenticateApp(
  ctx: Context,
  { clientId, secret }: ClientCredentials,
): Promise<AppRow> {
  const app = await findApp(ctx.db, { clientId });
  const given = secret === undefined || secret === "" ? null : digestOf(secret);
  if (app === null || !isSame(app.secretHash, given))
    throw new Refusal("invalid_client", { field: "client_id" });
  return app;
}

function isSame(kept: Uint8Array | null, given: Uint8Array | null): boolean {
  if (kept === null || given === null) return kept === given;
  return timingSafeEqual(kept, given);
}

function randomText(): string {
  return randomBytes(32).toString("base64url");
}

function digestOf(text: string): Uint8Array {
  return new Uint8Array(hash("sha256", text, "buffer"));
}
