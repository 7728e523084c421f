import {
  allowInsecureRequests,
  clockTolerance,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from "openid-client";
import type { IssuerRow } from "#db/issuers.ts";
import { keepAnswer } from "#lib/keep-answer.ts";
import { log } from "#lib/log.ts";
import type { Context } from "../context.ts";
import { fetchThrough, PAUSE_SECONDS, unreachable } from "./fetch.ts";
import { openSealed } from "./secrets.ts";

/** For how long it is believed what an issuer says of itself. */
const KEEP_MS = 3_600_000;
/** Seconds by which clocks may differ. */
export const CLOCK_SECONDS = 30;

/** By the row that is known: whoever changes an issuer makes everything be asked anew. */
const known = new WeakMap<IssuerRow, () => Promise<Configuration>>();

/** What an issuer says of itself (OpenID Connect Discovery 1.0). Refuses `provider_unreachable`. */
export async function discoverIssuer(ctx: Context, issuer: IssuerRow): Promise<Configuration> {
  const ask =
    known.get(issuer) ??
    keepAnswer(() => askIssuer(ctx, issuer), { keepMs: KEEP_MS, pauseMs: PAUSE_SECONDS * 1000 });
  known.set(issuer, ask);
  try {
    return await ask();
  } catch (error) {
    log("domain").warn("an issuer could not be discovered", { issuerId: issuer.id, error });
    throw unreachable();
  }
}

async function askIssuer(ctx: Context, issuer: IssuerRow): Promise<Configuration> {
  const url = new URL(issuer.uri);
  const secret = openSealed(ctx, issuer.clientSecret);
  return await discovery(
    url,
    issuer.clientId ?? "luciole",
    { ...(secret !== null && { client_secret: secret }), [clockTolerance]: CLOCK_SECONDS },
    undefined,
    {
      [customFetch]: fetchThrough(ctx.egress),
      // Without TLS only what the operator has opened is ever asked.
      execute: [enableNonRepudiationChecks, ...(url.protocol === "http:" ? [allowInsecureRequests] : [])],
    },
  );
}
