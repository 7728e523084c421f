import type { Confirmable, Confirmed, PasskeyChallenge } from "#protocol/sign-in.ts";
import { type Request, root } from "./api.ts";
import { http } from "./http.ts";
import type { Session } from "./session.ts";

/** What somebody shows, to show once more who they are. */
export type ShownAgain =
  | { password: string }
  | { totp: string }
  | { passkey: { ticket: string; answer: unknown } }
  | { signedInLately: true };

interface Kept {
  ticket: string;
  until: number;
}

/** Who has just shown who they are is not asked again for a while. */
const kept = new WeakMap<Session, Kept>();

const path = `${root}/me/confirm`;

/** By what somebody can show once more who they are. */
export async function waysToConfirm(session: Session): Promise<Confirmable["ways"]> {
  const { ways } = await session.request<Confirmable>("GET", path);
  return ways;
}

/** What the browser is asked for, where that is a passkey. */
export async function askForPasskey(session: Session): Promise<PasskeyChallenge> {
  return await session.request<PasskeyChallenge>("POST", `${path}/begin`);
}

/** Shows once more who somebody is. */
export async function showAgain(session: Session, shown: ShownAgain): Promise<void> {
  const { ticket, expiresIn } = await session.request<Confirmed>("POST", path, shown);
  kept.set(session, { ticket, until: Date.now() + expiresIn * 1000 });
}

/** Requests that carry that it was just shown who makes them, as long as that holds. */
export function confirmedRequest(session: Session): Request {
  const shown = kept.get(session);
  if (shown === undefined || shown.until < Date.now()) return session.request.bind(session);
  const confirmation = shown.ticket;
  return (method, where, body) =>
    session.bearing((token) =>
      http({ method, path: where, token, confirmation, ...(body !== undefined && { body }) }),
    );
}
