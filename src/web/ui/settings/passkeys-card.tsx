import type { Passkey } from "#protocol/sign-in.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { knowsPasskeys, makePasskey } from "../../platform/passkeys.ts";
import { longDate, moment } from "../format.ts";
import { NotConfirmed } from "../not-confirmed.ts";
import { NameDialog } from "./name-dialog.tsx";
import { OwnThing } from "./own-thing.tsx";
import type { CardProps } from "./security.tsx";
import { StandingCard } from "./standing-card.tsx";

/** The keys with which one signs in without a password: added, named, taken away. */
export function PasskeysCard({ standing: { passkeys }, change, showCodes }: CardProps) {
  const [adds, setAdds] = useState(false);
  const canAdd = knowsPasskeys();
  async function add(name: string) {
    const { ticket, options } = await change((api) => api.beginPasskey());
    const passkey = await makePasskey(options);
    // Whoever gave the browser none may still want to: the dialog stays.
    if (passkey === null) throw new NotConfirmed();
    const { codes } = await change((api) => api.finishPasskey({ ticket, passkey, name }));
    showCodes(codes);
  }
  return (
    <StandingCard
      title={t("passkeys.title")}
      state={passkeys.length === 0 ? t("security.none") : t("passkeys.count", { count: passkeys.length })}
      isOn={passkeys.length > 0}
      text={t(canAdd ? "passkeys.text" : "passkeys.unknown")}
    >
      {passkeys.length > 0 && (
        <ul class="own-things">
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} change={change} />
          ))}
        </ul>
      )}
      {canAdd && (
        <div class="card-buttons">
          <button type="button" class="button" onClick={() => setAdds(true)}>
            {t("passkeys.add")}
          </button>
        </div>
      )}
      {adds && (
        <NameDialog
          title={t("passkeys.add")}
          action={t("auth.goOn")}
          hint={t("passkeys.nameHint")}
          name=""
          save={add}
          onClose={() => setAdds(false)}
        />
      )}
    </StandingCard>
  );
}

function PasskeyRow({ passkey, change }: { passkey: Passkey } & Pick<CardProps, "change">) {
  const { id, name, createdAt, usedAt, backedUp } = passkey;
  const facts = [
    t("passkeys.since", { date: longDate(createdAt) }),
    usedAt === null ? t("passkeys.unused") : t("passkeys.used", { time: moment(usedAt) }),
    ...(backedUp ? [t("passkeys.backedUp")] : []),
  ];
  return (
    <OwnThing
      title={name}
      facts={facts}
      naming={{ name, save: (next) => change((api) => api.renamePasskey(id, next)) }}
      removing={{
        title: t("passkeys.removeTitle", { name }),
        text: t("passkeys.removeText"),
        answer: t("security.remove"),
        deed: () => change((api) => api.removePasskey(id)),
      }}
    />
  );
}
