import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { AskDialog, type AskDialogProps } from "../ask-dialog.tsx";
import { RowButton } from "../row-button.tsx";
import { NameDialog, type NameDialogProps } from "./name-dialog.tsx";

interface OwnThingProps {
  title: string;
  badge?: ComponentChildren;
  facts: readonly string[];
  naming: Pick<NameDialogProps, "name" | "hint" | "optional" | "save">;
  /** How it is taken away; null for what stays. */
  removing: Omit<AskDialogProps, "onClose"> | null;
}

/** One of the things that belong to an account: it is named, and taken away. */
export function OwnThing({ title, badge, facts, naming, removing }: OwnThingProps) {
  const [open, setOpen] = useState<"name" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <li>
      <span class="own-thing">
        <span>
          <bdi>{title}</bdi> {badge}
        </span>
        <span class="muted small-text">{facts.join(" · ")}</span>
      </span>
      <span class="card-buttons">
        <RowButton of={title} onClick={() => setOpen("name")}>
          {t("security.rename")}
        </RowButton>
        {removing !== null && (
          <RowButton of={title} kind="danger" onClick={() => setOpen("remove")}>
            {removing.answer}
          </RowButton>
        )}
      </span>
      {open === "name" && (
        <NameDialog title={t("security.rename")} action={t("security.save")} onClose={close} {...naming} />
      )}
      {open === "remove" && removing !== null && <AskDialog onClose={close} {...removing} />}
    </li>
  );
}
