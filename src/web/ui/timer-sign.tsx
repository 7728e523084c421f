import type { Conversation, Message } from "#protocol/types.ts";
import { t } from "../platform/language.ts";
import { duration, fullTime, moment } from "./format.ts";
import { ClockIcon } from "./icons.tsx";

/** In the header: after how long what is said here disappears. */
export function TimerSign({ expireAfter }: Pick<Conversation, "expireAfter">) {
  if (expireAfter === null) return null;
  const time = duration(expireAfter);
  return (
    <span class="timer-sign" title={t("timer.on", { time })}>
      <ClockIcon />
      <span aria-hidden="true">{time}</span>
      <span class="unseen">{t("timer.on", { time })}</span>
    </span>
  );
}

/** Beside a message: when it disappears. */
export function EndSign({ expiresAt }: Pick<Message, "expiresAt">) {
  if (expiresAt === null) return null;
  return (
    <span class="sign" title={t("message.expires", { time: fullTime(expiresAt) })}>
      <ClockIcon />
      <span class="unseen">{t("message.expires", { time: moment(expiresAt) })}</span>
    </span>
  );
}
