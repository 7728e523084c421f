import type { Context as Call } from "hono";
import type { Context } from "#domain/context.ts";
import { type AppRow, authenticateApp } from "#domain/oauth/apps.ts";
import { Refusal } from "#lib/refusal.ts";

/** What an app may put into a body to say which one it is. */
export interface ClientFields {
  client_id?: string | undefined;
  client_secret?: string | undefined;
}

/**
 * The app that speaks, by the header or by the body, never by both (RFC 6749 section 2.3.1). Refuses `invalid_client` and
 * `invalid_request`.
 */
export async function clientOf(ctx: Context, c: Call, fields: ClientFields): Promise<AppRow> {
  const header = /^Basic +([\w+/=-]{1,1000})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (header !== undefined && fields.client_secret !== undefined) throw new Refusal("invalid_request");
  const given = header === undefined ? null : readBasic(header);
  if (header !== undefined) c.header("WWW-Authenticate", "Basic");
  const clientId = given?.clientId ?? fields.client_id;
  if (clientId === undefined || (fields.client_id ?? clientId) !== clientId)
    throw new Refusal("invalid_client");
  return await authenticateApp(ctx, { clientId, secret: given?.secret ?? fields.client_secret });
}

function readBasic(text: string): { clientId: string; secret: string } {
  const [clientId = "", ...secret] = Buffer.from(text, "base64").toString().split(":");
  return { clientId: decode(clientId), secret: decode(secret.join(":")) };
}

/** Both are form-encoded before they are joined. */
function decode(text: string): string {
  return new URLSearchParams(`_=${text}`).get("_") ?? "";
}
