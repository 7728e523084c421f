import type { Context as Call } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { secondsOfOverload } from "#domain/overload.ts";
import { log } from "#lib/log.ts";
import { Refusal, type RefusalCode } from "#lib/refusal.ts";
import type { ApiError } from "#protocol/api.ts";

/** What each refusal is to a client: its status, and a sentence for people. */
const answers: Record<RefusalCode, readonly [ContentfulStatusCode, string]> = {
  not_found: [404, "There is nothing here, or it is not yours."],
  unauthorized: [401, "Sign in first: the token is missing, expired or revoked."],
  session_ended: [401, "This session was ended: sign in anew."],
  wrong_password: [401, "The handle or the password is wrong."],
  account_inactive: [403, "This account is suspended, or has ended."],
  account_ending: [403, "This account is ending: say that you keep it to sign in."],
  export_pending: [409, "Another one is being made, or is still there: wait."],
  wrong_code: [422, "This code is wrong, or was used already."],
  wrong_passkey: [422, "This passkey is unknown here, or its answer is wrong."],
  too_many: [429, "These were too many tries: wait before the next."],
  too_many_codes: [429, "These were too many tries to show who you are: wait before the next."],
  too_many_passkeys: [422, "These are enough passkeys: take another away first."],
  confirm_first: [
    403,
    "Show once more who you are: ask `POST /me/confirm`, and send its ticket in `Confirmation`.",
  ],
  factor_exists: [409, "There is one already: remove it first."],
  registration_closed: [403, "This server does not take new accounts."],
  issuer_invalid: [422, "Such an issuer cannot be."],
  issuer_exists: [409, "There is an issuer with this name or address already."],
  provider_unreachable: [503, "Whoever says who you are does not answer at the moment: try again."],
  provider_failed: [403, "Whoever says who you are did not say it in a way that counts: begin again."],
  no_account: [403, "You have no account here: sign in to yours first, and link it in its settings."],
  factor_demanded: [403, "This account asks for a second step, which a token cannot take: sign in here."],
  identity_taken: [409, "Somebody else here is known by this already."],
  identity_exists: [409, "You are known to them already by another name: unlink that first."],
  last_way_in: [409, "You could not sign in any more: choose a password or add a passkey first."],
  handle_taken: [422, "Somebody else has this handle."],
  handle_invalid: [422, "A handle is made of letters a-z, digits and underscores, 30 at most."],
  handle_reserved: [422, "This handle could be taken for that of somebody who runs this server."],
  renamed_lately: [409, "You have changed your name already in the last days: wait before the next time."],
  current_password_wrong: [403, "This is not your password."],
  mail_off: [422, "This server sends no mail."],
  email_taken: [409, "Another account has this address."],
  sign_up_code_invalid: [422, "This code cannot be used, or not any more."],
  password_too_short: [422, "A password has at least 8 characters."],
  address_invalid: [422, "An address looks like @name or @name@server.example."],
  address_unknown: [422, "Nobody has this address."],
  address_unreachable: [422, "Their server does not answer at the moment."],
  empty: [422, "A message needs some text."],
  too_long: [422, "This is too long."],
  key_reused: [422, "This key was used for another message."],
  not_author: [403, "Only its author may do this."],
  not_member: [403, "Only members may do this."],
  deleted: [409, "The message was deleted."],
  reply_elsewhere: [422, "A reply answers a message of the same conversation."],
  position_ahead: [422, "There is no message at this position yet."],
  yourself: [422, "This is your own address."],
  requests_full: [403, "Too many people have asked to talk to them: they take no more requests now."],
  request_pending_limit: [429, "Wait until they have accepted your request before you write more."],
  too_many_strangers: [429, "These were too many new people for one day."],
  server_suspended: [403, "This server does not talk to theirs."],
  server_silenced: [403, "People of this server may write only to those who accepted them."],
  host_invalid: [422, "The name of a server looks like server.example."],
  you_blocked: [403, "You blocked this person: take the block back to write."],
  blocked: [403, "This is not possible."],
  stale: [409, "This is out of date: start afresh."],
  not_local: [403, "Nobody of this server is concerned."],
  too_many_recipients: [422, "These are too many people."],
  query_invalid: [
    422,
    "This cannot be looked for: words, or from:, in:, has:, before: or after: with what it is.",
  ],
  cursor_invalid: [422, "This cursor was not made by this server."],
  moved_lately: [409, "They have moved already in the last days."],
  move_not_agreed: [409, "That account does not say that it is yours, too: say so there first."],
  target_moved: [409, "That account has moved on itself."],
  too_many_aliases: [422, "These are enough other accounts: take another away first."],
  you_moved: [403, "You have moved away from this account: take that back to write."],
  recipient_moved: [403, "They have moved to another account: write there."],
  not_accepted: [409, "Accept the conversation first."],
  too_many_pins: [422, "No more messages can be pinned here: unpin another first."],
  too_many_folders: [422, "These are enough folders: delete another first."],
  too_many_reactions: [422, "These are enough reactions to one message."],
  emoji_name_invalid: [422, "A name is made of letters a-z, digits and underscores, 2 to 64."],
  emoji_in_use: [409, "Somebody has put it under a message."],
  not_a_picture: [422, "This is no picture in PNG, GIF, WebP, AVIF or JPEG."],
  picture_has_metadata: [422, "This picture tells more than it shows (Exif or XMP): save it without that."],
  emoji_unknown: [422, "This is no emoji, and none of this server's own."],
  cannot_receive: [422, "Their server cannot receive this message."],
  not_permitted: [403, "Your role does not allow this."],
  stale_epoch: [409, "The group has changed meanwhile: look again, then decide."],
  group_closed: [409, "This group is closed for good."],
  group_archived: [409, "This group is archived: it must be opened again first."],
  owner_must_transfer: [409, "Hand the group over to somebody before you leave it."],
  banned: [403, "They are banned from this group."],
  already_member: [409, "They are in this group already."],
  too_many_members: [422, "These are more people than a group can have."],
  title_invalid: [422, "A group has a title of 100 characters at most."],
  invitation_rejected: [409, "They have rejected your invitation: a link lets them come when they like."],
  join_rejected: [403, "They have not let you in: wait until somebody there invites you."],
  too_many_links: [422, "No more links can be made for this group: take another back first."],
  link_invalid: [422, "This is no link into a group."],
  link_unreachable: [422, "The server of the link does not answer at the moment."],
  kept_elsewhere: [409, "This is done on the server that keeps the group."],
  in_the_past: [422, "This moment is over."],
  last_owner: [409, "Somebody else must own this server first."],
  address_refused: [403, "This server takes nothing from the network that you are in."],
  locks_you_out: [409, "You could not come in again from where you are."],
  network_invalid: [422, "A network looks like 192.0.2.0/24 or 2001:db8::/32."],
  ticket_invalid: [422, "This has run out, or was used already: begin again."],
  insufficient_scope: [403, "This token was not given for that."],
  invalid_client: [401, "No app has this id and secret."],
  invalid_grant: [400, "This code was used already, has run out, or belongs to another request."],
  invalid_request: [
    400,
    "Something is missing in this request, stands twice, or does not fit the rest of it.",
  ],
  invalid_scope: [400, "The app asks for what there is not, or for more than it said at first."],
  redirect_invalid: [422, "The app did not name this address at first, or none may be named."],
  unauthorized_client: [400, "An app that keeps no secret gets no token of its own."],
  unsupported_grant_type: [400, "Tokens are given for a code, and to apps themselves."],
  unsupported_response_type: [400, "Apps are answered with a code."],
  id_conflict: [409, "This id stands for something else."],
};

/** An input that does not have the expected shape; `field` is the path of the first fault. */
export class InvalidInput extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = "InvalidInput";
    this.field = field;
  }
}

/** Too many tries; `retryAfter` is in seconds. */
export class TooMany extends Error {
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super("too many tries");
    this.name = "TooMany";
    this.retryAfter = retryAfter;
  }
}

/** Turns whatever a route threw into an answer; what nobody expected is logged and shown by an id only. */
export function answerError(error: Error, c: Call): Response {
  if (error instanceof Refusal) return answerRefusal(error, c);
  if (error instanceof InvalidInput) {
    return c.json<ApiError>({ error: "invalid", field: error.field, message: error.message }, 422);
  }
  if (error instanceof TooMany) {
    const message = `These were too many tries: wait ${error.retryAfter} seconds.`;
    return c.json<ApiError>({ error: "too_many", message }, 429, { "Retry-After": String(error.retryAfter) });
  }
  if (error instanceof HTTPException && error.status === 400) {
    return c.json<ApiError>({ error: "invalid", field: "body", message: "This is not JSON." }, 422);
  }
  if (error instanceof HTTPException) {
    const message = error.status === 413 ? "This is too large." : error.message;
    return c.json<ApiError>({ error: `http_${error.status}`, message }, error.status);
  }
  const requestId = crypto.randomUUID();
  const wait = secondsOfOverload(error);
  if (wait !== null) {
    log("routes").warn("the database could not serve a request", { requestId, method: c.req.method, error });
    const message = `The server is busy: try again in ${wait} seconds (${requestId}).`;
    return c.json<ApiError>({ error: "overloaded", message }, 503, { "Retry-After": String(wait) });
  }
  log("routes").error("a request failed", { requestId, method: c.req.method, error });
  return c.json<ApiError>({ error: "internal", message: `Something went wrong here (${requestId}).` }, 500);
}

function answerRefusal({ code, field, retryAfter }: Refusal, c: Call): Response {
  const [status, message] = answers[code];
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  if (status === 401) c.header("WWW-Authenticate", "Bearer");
  return c.json<ApiError>({ error: code, ...(field !== undefined && { field }), message }, status);
}
