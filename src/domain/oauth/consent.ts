import { findApp, insertCode, type AppRow } from "#db/apps.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { covers } from "#lib/scopes.ts";
import type { Context } from "../context.ts";
import { requireConfirmation } from "../sign-in/confirm.ts";
import { openTicket, readTicket, takeTicket } from "../tickets.ts";
import { hashToken, newToken } from "../tokens.ts";
import { transact } from "../transact.ts";
import { scopesOf } from "./apps.ts";
import { OUT_OF_BAND, placeOf, withAnswers } from "./redirect.ts";

/** Seconds in which somebody makes up their mind. */
const CONSENT_SECONDS = 10 * 60;
/** Seconds in which a code is exchanged; one that is shown has to be copied by hand. */
const CODE_SECONDS = 10 * 60;
/** What S256 makes of a verifier (RFC 7636 section 4.2). */
const challengeForm = /^[\w-]{43}$/;

/** What an app asks somebody for (RFC 6749 section 4.1.1), as it came. */
export interface AuthorizationRequest {
  clientId: string;
  redirectUri: string;
  responseType: string;
  scope: string | undefined;
  state: string | undefined;
  challenge: string | undefined;
  challengeMethod: string | undefined;
}

/** What is decided about; kept on this server until it is. */
interface Asked {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  state: string | null;
  challenge: string | null;
}

/**
 * What somebody is asked to allow, and the ticket with which they answer. Nothing of a faulty request is carried back to
 * an app. Refuses `invalid_client`, `redirect_invalid`, `unsupported_response_type`, `invalid_scope`, `invalid_request`.
 */
export async function askConsent(
  ctx: Context,
  { personId, request }: { personId: PersonId; request: AuthorizationRequest },
): Promise<{ app: AppRow; scopes: string[]; returnsTo: string | null; ticket: string }> {
  const app = await findApp(ctx.db, { clientId: request.clientId });
  if (app === null) throw new Refusal("invalid_client", { field: "client_id" });
  const asked = checkRequest(app, request);
  const ticket = await openTicket(ctx, ctx.db, {
    purpose: "consent",
    seconds: CONSENT_SECONDS,
    personId,
    data: asked,
  });
  return { app, scopes: asked.scopes, returnsTo: placeOf(asked.redirectUri), ticket };
}

function checkRequest(app: AppRow, request: AuthorizationRequest): Asked {
  const { clientId, redirectUri, responseType, state = null, challenge = null } = request;
  if (!app.redirectUris.includes(redirectUri))
    throw new Refusal("redirect_invalid", { field: "redirect_uri" });
  if (responseType !== "code") throw new Refusal("unsupported_response_type", { field: "response_type" });
  const scopes = scopesOf(request.scope);
  if (!scopes.every((scope) => covers(app.scopes, scope)))
    throw new Refusal("invalid_scope", { field: "scope" });
  const isProven = challenge !== null && challengeForm.test(challenge) && request.challengeMethod === "S256";
  const isAbsent = challenge === null && request.challengeMethod === undefined;
  if (!isProven && !(isAbsent && app.secretHash !== null)) {
    throw new Refusal("invalid_request", { field: "code_challenge" });
  }
  return { clientId, redirectUri, scopes, state, challenge };
}

/** Who decides, and where they sit. */
interface Bearing {
  personId: PersonId;
  sessionId: SessionId;
}

/**
 * What somebody decided; answers where their browser goes on. Refuses `ticket_invalid`, also of another person's ticket,
 * and `confirm_first` where an app wants to run the server and they did not show just now who they are.
 */
export async function answerConsent(
  ctx: Context,
  input: Bearing & { ticket: string; allow: boolean; confirmation: string | undefined },
): Promise<string> {
  const { personId, ticket, allow } = input;
  const { data } = await readTicket(ctx, ctx.db, { secret: ticket, purpose: "consent" });
  if (allow && (data as Asked).scopes.includes("admin")) {
    await requireConfirmation(ctx, input, input.confirmation);
  }
  return await transact(ctx, async (tx) => {
    const taken = await takeTicket(ctx, tx, { secret: ticket, purpose: "consent" });
    if (taken.personId !== personId) throw new Refusal("ticket_invalid", { field: "ticket" });
    const asked = taken.data as Asked;
    if (!allow) return backTo(ctx, asked, { error: "access_denied" });
    const app = await findApp(tx, { clientId: asked.clientId });
    if (app === null) throw new Refusal("invalid_client", { field: "client_id" });
    const code = newToken();
    await insertCode(tx, {
      hash: hashToken(code),
      appId: app.id,
      personId,
      redirectUri: asked.redirectUri,
      scopes: asked.scopes,
      challenge: asked.challenge,
      expiresAt: new Date(ctx.now().getTime() + CODE_SECONDS * 1000),
    });
    return backTo(ctx, asked, { code });
  });
}

/** `iss` tells the app which server answers (RFC 9207). */
function backTo(ctx: Context, { redirectUri, state }: Asked, answer: Record<string, string>): string {
  const { origin } = ctx.settings;
  if (redirectUri === OUT_OF_BAND) return withAnswers(`${origin}/oauth/authorize/native`, answer);
  return withAnswers(redirectUri, { ...answer, ...(state !== null && { state }), iss: origin });
}
