import { useState } from "preact/hooks";
import { serverRoles, type ServerRole } from "#lib/server-role.ts";
import type { AdminPerson } from "#protocol/admin.ts";
import type { ResetLink } from "#protocol/sign-up.ts";
import { AdminApi } from "../../platform/admin-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { CopyAddress } from "../copy-address.tsx";
import { DialogAnswers } from "../dialog-answers.tsx";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { moment } from "../format.ts";
import { useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { DecisionDialog } from "./decision-dialog.tsx";
import { PersonSessions } from "./person-sessions.tsx";
import { useAdmin } from "./use-admin.ts";

/** What is done about somebody. */
export type PersonDeed = "role" | "sessions" | "link" | "suspend" | "restore";

interface PersonDialogProps {
  person: AdminPerson;
  name: PersonDeed;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before something is done about somebody, and says what follows. */
export function PersonDialog({ person, name: deed, onDone, onClose }: PersonDialogProps) {
  const admin = useAdmin();
  const name = `@${person.handle}`;
  if (deed === "role") return <RoleDialog person={person} onDone={onDone} onClose={onClose} />;
  if (deed === "link") return <LinkDialog person={person} onClose={onClose} />;
  if (deed === "sessions") return <PersonSessions person={person} onClose={onClose} />;
  const decision = {
    title: t(`adminPerson.${deed}Title`, { name }),
    text: t(`adminPerson.${deed}Text`),
    answer: t(`adminPerson.${deed}`),
    done: t(`adminPerson.${deed}Done`, { name }),
    danger: deed === "suspend",
    run: () => admin.setState(person.id, deed === "suspend" ? "suspended" : "active"),
  };
  return <DecisionDialog decision={decision} onDone={onDone} onClose={onClose} />;
}

function RoleDialog({ person, onDone, onClose }: Omit<PersonDialogProps, "name">) {
  const { notices } = useClient();
  const { confirmed, dialog } = useConfirmed();
  const { busy, failure, run } = useDeed();
  const [role, setRole] = useState<ServerRole>(person.role);
  const name = `@${person.handle}`;
  const give = () =>
    run(
      () => confirmed((request) => new AdminApi(request).giveRole(person.id, role)),
      () => {
        notices.say(t("adminPerson.roleGiven", { name, role: t(`serverRole.${role}`) }));
        onDone();
        onClose();
      },
    );
  return (
    <>
      <Dialog title={t("adminPerson.roleTitle", { name })} onClose={onClose}>
        <fieldset class="option-cards">
          <legend class="unseen">{t("adminPerson.role")}</legend>
          {serverRoles.map((one) => (
            <label key={one} class="option-card">
              <input type="radio" name="role" checked={one === role} onChange={() => setRole(one)} />
              <span>{t(`serverRole.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <p>{t(role === "owner" ? "adminPerson.roleOwner" : "adminPerson.roleText")}</p>
        <Failure text={failure} />
        <DialogAnswers
          answer={t("adminPerson.role")}
          kind={role === "owner" ? "danger" : "primary"}
          disabled={busy || role === person.role}
          onAnswer={() => void give()}
          onClose={onClose}
        />
      </Dialog>
      {dialog}
    </>
  );
}

/** A link is shown once: it is kept nowhere. */
function LinkDialog({ person, onClose }: { person: AdminPerson; onClose: () => void }) {
  const { confirmed, dialog } = useConfirmed();
  const { busy, failure, run } = useDeed();
  const [link, setLink] = useState<ResetLink | null>(null);
  const name = `@${person.handle}`;
  const make = () =>
    run(async () => setLink(await confirmed((request) => new AdminApi(request).makeResetLink(person.id))));
  return (
    <>
      <Dialog title={t("adminPerson.linkTitle", { name })} onClose={onClose}>
        {link === null ? (
          <>
            <p>{t("adminPerson.linkText", { name })}</p>
            <Failure text={failure} />
            <DialogAnswers
              answer={t("adminPerson.link")}
              kind="primary"
              disabled={busy}
              onAnswer={() => void make()}
              onClose={onClose}
            />
          </>
        ) : (
          <div role="status" class="made-link">
            <p>{t("adminPerson.linkMade", { time: moment(link.expiresAt) })}</p>
            <CopyAddress address={link.url} />
          </div>
        )}
      </Dialog>
      {dialog}
    </>
  );
}
