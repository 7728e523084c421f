/** Why a delivery waits, was refused or was given up, in stable words beside `http_NNN`, and what each means. */
export const deliveryReasons = {
  /** Waits: the last attempt got no answer. It may have arrived all the same. */
  timeout: "The server did not answer in time.",
  network: "The server could not be reached.",
  redirect_refused: "The server led to another address, which is not followed.",
  answer_refused: "What answered there does not speak HTTP properly.",
  too_large: "The server answered too much.",
  address_refused: "The server's name leads to a private address.",
  recipient_unavailable: "The recipient could not be looked up on their server.",
  internal_error: "Something went wrong here, and is tried again.",
  /** Refused for good. */
  url_refused: "The recipient's inbox has an address that is never asked.",
  cannot_receive: "The recipient's server cannot take messages of such a conversation.",
  blocked: "The recipient blocked the author: nothing is sent to them.",
  recipient_gone: "The recipient is not there any more.",
  /** Refused by the server that keeps a group. */
  not_permitted: "Their role in the group does not allow it.",
  stale_epoch: "The group had changed meanwhile.",
  not_member: "Whoever sent it is not in the group any more.",
  group_archived: "The group is archived.",
  group_closed: "The group is closed for good.",
  /** Given up. */
  cancelled: "The author cancelled what still waited.",
  server_suspended: "This server does not talk to the recipient's server.",
  /** Refused or given up. */
  deleted: "The message was deleted before it could be delivered.",
} as const;

/** Why a delivery is as it is; `http_NNN` is the status that the server answered. */
export type DeliveryReason = keyof typeof deliveryReasons | `http_${number}`;

/** Those that another server names itself, beside its 403. */
const named = ["not_permitted", "stale_epoch", "not_member", "group_archived", "group_closed"] as const;

/** The reason that another server names; undefined for what is none, or is not for it to say. */
export function namedReason(code: unknown): DeliveryReason | undefined {
  return named.find((name) => name === code);
}
