/** Every expected "no" of the product; routes map each to a status, the inbox counts it. */
export type RefusalCode =
  | "not_found"
  | "cannot_receive"
  | "unauthorized"
  | "wrong_password"
  | "account_inactive"
  | "wrong_code"
  | "wrong_passkey"
  | "confirm_first"
  | "factor_exists"
  | "registration_closed"
  | "handle_taken"
  | "handle_invalid"
  | "handle_reserved"
  | "sign_up_code_invalid"
  | "password_too_short"
  | "address_invalid"
  | "address_unknown"
  | "address_unreachable"
  | "empty"
  | "too_long"
  | "key_reused"
  | "not_author"
  | "not_member"
  | "deleted"
  | "reply_elsewhere"
  | "position_ahead"
  | "yourself"
  | "blocked"
  | "you_blocked"
  | "server_suspended"
  | "server_silenced"
  | "host_invalid"
  | "requests_full"
  | "request_pending_limit"
  | "too_many_strangers"
  | "stale"
  | "not_local"
  | "too_many_recipients"
  | "cursor_invalid"
  | "query_invalid"
  | "moved_lately"
  | "id_conflict"
  | "not_accepted"
  | "too_many_pins"
  | "too_many_folders"
  | "too_many_reactions"
  | "emoji_unknown"
  | "emoji_name_invalid"
  | "emoji_in_use"
  | "not_a_picture"
  | "picture_has_metadata"
  | "not_permitted"
  | "stale_epoch"
  | "group_closed"
  | "group_archived"
  | "owner_must_transfer"
  | "banned"
  | "already_member"
  | "too_many_members"
  | "title_invalid"
  | "invitation_rejected"
  | "join_rejected"
  | "too_many_links"
  | "kept_elsewhere"
  | "link_invalid"
  | "link_unreachable"
  | "in_the_past"
  | "last_owner"
  | "address_refused"
  | "network_invalid"
  | "ticket_invalid"
  | "insufficient_scope"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_scope"
  | "redirect_invalid"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type";

/** An expected "no": the request was understood and a rule forbids it. `field` names the input at fault. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly field: string | undefined;
  /** After how many seconds it may be different. */
  readonly retryAfter: number | undefined;

  constructor(code: RefusalCode, options: { field?: string; retryAfter?: number } = {}) {
    super(options.field === undefined ? code : `${code} (${options.field})`);
    this.name = "Refusal";
    this.code = code;
    this.field = options.field;
    this.retryAfter = options.retryAfter;
  }
}
