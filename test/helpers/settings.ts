import { requestLimits, type RequestLimits } from "#domain/requests/limits.ts";

/** So many that no test meets a limit that it does not set itself. */
export const wideRequestLimits = Object.fromEntries(
  Object.keys(requestLimits).map((name) => [name, 1_000_000]),
) as unknown as RequestLimits;

/** The same as the environment has it. */
export const wideRequestLimitsText = Object.entries(wideRequestLimits)
  .map(([name, limit]) => `${name}=${limit}`)
  .join(",");

/** What tests have for settings that they do not care about. */
export const usualSettings = {
  registration: "open",
  federation: "open",
  mails: false,
  requests: wideRequestLimits,
  messageGraphemes: 5_000,
  version: "0.0.0",
} as const;
