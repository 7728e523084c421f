import { t, type TextId } from "../platform/language.ts";

const texts: Record<string, TextId> = {
  unreachable: "error.unreachable",
  empty: "refusal.empty",
  too_long: "refusal.tooLong",
  not_found: "refusal.notFound",
  not_member: "refusal.notFound",
  deleted: "refusal.deleted",
  reply_elsewhere: "refusal.reply",
  blocked: "refusal.blocked",
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
