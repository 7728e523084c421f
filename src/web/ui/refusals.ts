import { ApiFailure, TooManyTries } from "../platform/http.ts";
import { t, type TextId } from "../platform/language.ts";

const texts: Record<string, TextId> = {
  empty: "refusal.empty",
  too_long: "refusal.tooLong",
  not_found: "refusal.notFound",
  not_member: "refusal.notFound",
  deleted: "refusal.deleted",
  reply_elsewhere: "refusal.reply",
  blocked: "refusal.blocked",
  too_many_reactions: "refusal.tooManyReactions",
  too_many_pins: "refusal.tooManyPins",
  emoji_unknown: "refusal.emojiUnknown",
  not_accepted: "refusal.notAccepted",
  you_blocked: "refusal.youBlocked",
  requests_full: "refusal.requestsFull",
  request_pending_limit: "refusal.requestPending",
  too_many_strangers: "refusal.tooManyStrangers",
  cannot_receive: "refusal.cannotReceive",
  server_suspended: "refusal.serverSuspended",
  address_invalid: "refusal.addressInvalid",
  address_unknown: "refusal.addressUnknown",
  address_unreachable: "refusal.addressUnreachable",
  yourself: "refusal.yourself",
  not_permitted: "refusal.notPermitted",
  last_owner: "refusal.lastOwner",
  address_refused: "refusal.addressRefused",
  network_invalid: "refusal.networkInvalid",
  stale_epoch: "refusal.staleEpoch",
  group_closed: "refusal.groupClosed",
  group_archived: "refusal.groupArchived",
  owner_must_transfer: "refusal.ownerMustTransfer",
  banned: "refusal.banned",
  already_member: "refusal.alreadyMember",
  too_many_members: "refusal.tooManyMembers",
  title_invalid: "refusal.titleInvalid",
  invitation_rejected: "refusal.invitationRejected",
  join_rejected: "refusal.joinRejected",
  too_many_links: "refusal.tooManyLinks",
  link_invalid: "refusal.linkInvalid",
  link_unreachable: "refusal.linkUnreachable",
  kept_elsewhere: "refusal.keptElsewhere",
  account_inactive: "refusal.accountInactive",
  wrong_code: "refusal.wrongCode",
  wrong_passkey: "refusal.wrongPasskey",
  too_many_codes: "refusal.tooManyCodes",
  too_many_passkeys: "refusal.tooManyPasskeys",
  confirm_first: "refusal.confirmFirst",
  factor_exists: "refusal.factorExists",
  ticket_invalid: "refusal.ticketInvalid",
  stale: "refusal.answered",
  handle_reserved: "refusal.handleReserved",
  sign_up_code_invalid: "refusal.signUpCode",
  current_password_wrong: "refusal.currentPassword",
  mail_off: "refusal.mailOff",
  email_taken: "refusal.emailTaken",
  query_invalid: "search.invalid",
  not_a_picture: "refusal.notAPicture",
  picture_has_metadata: "refusal.notAPicture",
};

/** Why the server said no, in the reader's language; codes without own words get a general one. */
export function refusalText(code: string | null): string {
  const id = code === null ? undefined : texts[code];
  return id === undefined ? t("refusal.other", { code: code ?? "" }) : t(id);
}

/** Why a request failed, in the reader's language. */
export function failureText(error: unknown): string {
  if (error instanceof ApiFailure) return refusalText(error.code);
  if (error instanceof TooManyTries) return t("error.tooMany", { count: error.seconds });
  return t("error.unreachable");
}
