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
