import { limitNumbers } from "#domain/limits.ts";
import { requestLimits, type RequestLimits } from "#domain/requests/limits.ts";

/** So many that no test meets a limit that it does not set itself. */
export const wideRequestLimits = Object.fromEntries(
  Object.keys(requestLimits).map((name) => [name, 1_000_000]),
) as unknown as RequestLimits;

/** The same as the environment has it. */
export const wideRequestLimitsText = Object.entries(wideRequestLimits)
  .map(([name, limit]) => `${name}=${limit}`)
  .join(",");

/** The same for how much somebody sends. */
export const wideLimitsText = "send=1000000,botSend=1000000,act=1000000";

/** What tests have for settings that they do not care about. */
export const usualSettings = {
  registration: "open",
  federation: "open",
  mails: false,
  requests: wideRequestLimits,
  handles: { renameDays: 30, graceDays: 365 },
  limits: { ...limitNumbers, send: 1_000_000, botSend: 1_000_000, act: 1_000_000 },
  messageGraphemes: 5_000,
  accountGraceDays: 30,
  version: "0.0.0",
} as const;
