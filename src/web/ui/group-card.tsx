import { DESCRIPTION_LENGTH, TITLE_LENGTH } from "#lib/group-limits.ts";
import type { ConversationState } from "#protocol/state.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Rights } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { GroupAvatar } from "./avatar.tsx";
import { textOf } from "./field.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { PencilIcon } from "./icons.tsx";
import { later, Later } from "./later.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

const PictureDialog = later(() => import("./picture-dialog.tsx").then(({ PictureDialog }) => PictureDialog));

interface GroupCardProps {
  known: ConversationState;
  rights: Rights;
}

/** What a group says of itself; whoever may changes it in place. */
export function GroupCard({ known, rights }: GroupCardProps) {
  const { id, title, description, picture, host } = known.conversation;
  const edits = rights.may("edit");
  return (
    <div class="group-card">
      <GroupAvatar id={id} title={title ?? ""} picture={picture} size="large" />
      {edits && <PictureButtons known={known} />}
      <Fact known={known} name="title" value={title ?? ""} edits={edits} />
      {(description !== "" || edits) && (
        <Fact known={known} name="description" value={description} edits={edits} />
      )}
      {host !== null && <p class="muted small-text">{t("group.keptBy", { host })}</p>}
    </div>
  );
}

function PictureButtons({ known }: { known: ConversationState }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const { id, picture, host } = known.conversation;
  return (
    <>
      <div class="person-buttons">
        <input
          ref={input}
          hidden
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
          onChange={({ currentTarget }) => {
            setFile(currentTarget.files?.[0] ?? null);
            currentTarget.value = "";
          }}
        />
        <button type="button" class="button small" onClick={() => input.current?.click()}>
          {t(picture === null ? "picture.choose" : "picture.change")}
        </button>
        {picture !== null && (
          <button
            type="button"
            class="button small"
            disabled={deed.busy}
            onClick={() => void deed.run(() => groups.removePicture(id))}
          >
            {t("picture.remove")}
          </button>
        )}
      </div>
      <GroupOutcome deed={deed} host={host} />
      {file !== null && (
        <Later>
          <PictureDialog known={known} file={file} onClose={() => setFile(null)} />
        </Later>
      )}
    </>
  );
}

interface FactProps {
  known: ConversationState;
  name: "title" | "description";
  value: string;
  edits: boolean;
}

const labels: Readonly<Record<FactProps["name"], { label: TextId; edit: TextId; most: number }>> = {
  title: { label: "newGroup.name", edit: "group.editTitle", most: TITLE_LENGTH },
  description: { label: "newGroup.description", edit: "group.editDescription", most: DESCRIPTION_LENGTH },
};

/** A line of it that turns into a field. */
function Fact({ known, name, value, edits }: FactProps) {
  const [editing, setEditing] = useState(false);
  const { edit } = labels[name];
  if (editing) return <FactForm known={known} name={name} value={value} onClose={() => setEditing(false)} />;
  const empty = value === "";
  return (
    <div class="fact" data-name={name}>
      <bdi class={name === "title" ? "card-name" : "group-description"}>
        {empty ? <span class="faint">{t("group.noDescription")}</span> : value}
      </bdi>
      {edits && (
        <button
          type="button"
          class="icon-button small"
          aria-label={t(edit)}
          title={t(edit)}
          onClick={() => setEditing(true)}
        >
          <PencilIcon />
        </button>
      )}
    </div>
  );
}

function FactForm({ known, name, value, onClose }: Omit<FactProps, "edits"> & { onClose: () => void }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host } = known.conversation;
  const { label, most } = labels[name];
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>(".input")?.focus(), []);
  const field = {
    name,
    class: name === "title" ? "input" : "input area",
    "aria-label": t(label),
    maxLength: most,
    dir: "auto",
    defaultValue: value,
  } as const;
  return (
    <form
      ref={form}
      class="fact-form"
      onSubmit={(event) => {
        event.preventDefault();
        const written = textOf(event.currentTarget, name).trim();
        // What another server keeps shows by itself that it was asked.
        void deed.run(() => groups.change(id, { [name]: written }), host === null ? onClose : undefined);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      {name === "title" ? <input {...field} required /> : <textarea {...field} rows={4} />}
      <GroupOutcome deed={deed} host={host} />
      <div class="person-buttons">
        <button type="button" class="button small" onClick={onClose}>
          {t("dialog.cancel")}
        </button>
        <button type="submit" class="button small primary" disabled={deed.busy}>
          {t("group.save")}
        </button>
      </div>
    </form>
  );
}
