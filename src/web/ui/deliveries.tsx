import type { ConversationState } from "#protocol/state.ts";
import type { Message, Person } from "#protocol/types.ts";
import type { Delivery } from "#protocol/deliveries.ts";
import { useEffect } from "preact/hooks";
import { hasRead, type Progress } from "../domain/delivery.ts";
import { othersOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { moment } from "./format.ts";
import { Light, progressWord } from "./light.tsx";
import { nameOf } from "./names.ts";
import { reasonText } from "./reasons.ts";
import { useDeed } from "./use-deed.ts";

/** How an own message fares with each person, and what can be done about it. */
export function Deliveries({ known, message }: { known: ConversationState; message: Message }) {
  const { reaches } = useClient();
  const deliveries = known.deliveries[message.id] ?? [];
  const { id } = known.conversation;
  const others = othersOf(known.conversation, message.authorId);
  useEffect(() => {
    if (others.some(({ host }) => host !== null)) void reaches.look(id, 0);
  }, [reaches, id, others.length]);
  return (
    <section>
      <h3>{t("delivery.title")}</h3>
      <ul class="deliveries">
        {others.map((person) => (
          <Recipient
            key={person.id}
            person={person}
            delivery={deliveries.find(({ personId }) => personId === person.id)}
            isRead={hasRead(known, person.id, message.position)}
            silentSince={reaches.of(id).find(({ host }) => host === person.host)?.notAnsweringSince ?? null}
          />
        ))}
      </ul>
      <DeliveryButtons message={message} deliveries={deliveries} />
    </section>
  );
}

interface RecipientProps {
  person: Person;
  delivery: Delivery | undefined;
  isRead: boolean;
  silentSince: string | null;
}

function Recipient({ person, delivery, isRead, silentSince }: RecipientProps) {
  const { server } = useClient();
  const progress: Progress = isRead ? "read" : (delivery?.state ?? "accepted");
  const word = delivery === undefined && !isRead ? t("delivery.stored") : progressWord(progress);
  const waits = delivery?.state === "waiting";
  return (
    <li>
      <Light progress={progress} />
      <span class="delivery-who">
        <bdi class="delivery-name">{nameOf(person)}</bdi>
        <bdi class="muted">{delivery?.host ?? person.host ?? server.value?.host ?? location.host}</bdi>
      </span>
      <span class="delivery-state">
        {word}
        {delivery !== undefined && (
          <time class="muted" dateTime={delivery.at}>
            {moment(delivery.at)}
          </time>
        )}
      </span>
      {!isRead && delivery !== undefined && delivery.reason !== null && (
        <p class="delivery-why">{reasonText(delivery.reason)}</p>
      )}
      {waits && silentSince !== null && (
        <p class="delivery-why">{t("delivery.silent", { time: moment(silentSince) })}</p>
      )}
    </li>
  );
}

const stuck: ReadonlySet<Delivery["state"]> = new Set(["waiting", "refused", "gave-up"]);

function DeliveryButtons({ message, deliveries }: { message: Message; deliveries: readonly Delivery[] }) {
  const { deeds } = useClient();
  const { busy, failure, run } = useDeed();
  if (!deliveries.some(({ state }) => stuck.has(state))) return null;
  return (
    <>
      <Failure text={failure} />
      <div class="dialog-answers">
        {deliveries.some(({ state }) => state === "waiting") && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void run(() => deeds.cancelDeliveries(message))}
          >
            {t("delivery.cancel")}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          disabled={busy}
          onClick={() => void run(() => deeds.retryDeliveries(message))}
        >
          {t("delivery.retry")}
        </button>
      </div>
    </>
  );
}
