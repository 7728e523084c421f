import type { DataExport } from "#protocol/ending.ts";
import { useEffect } from "preact/hooks";
import { readBlob, saveFile } from "../../platform/download.ts";
import { beginExport, openDataExport, readExport } from "../../platform/ending-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { amount, moment } from "../format.ts";
import { useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";

/** Milliseconds between two looks whether the file is ready. */
const LOOK_MS = 2_000;

/** All that is one's own, as a file. */
export function ExportCard() {
  const { session } = useClient();
  const { answer, failure, again } = useFetched(() => readExport(session.request.bind(session)), "export");
  const { confirmed, dialog } = useConfirmed();
  const deed = useDeed();
  const isWaiting = answer?.state === "waiting";
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(again, LOOK_MS);
    return () => clearInterval(timer);
  }, [isWaiting]);
  const begin = () => confirmed((request) => beginExport(request));
  return (
    <section class="settings-card" aria-labelledby="export-title">
      <h2 id="export-title">{t("takeout.title")}</h2>
      <p class="muted small-text">{t("takeout.text")}</p>
      <p role="status">{answer !== null && stateOf(answer)}</p>
      <Failure text={deed.failure ?? failure} />
      {answer?.state === "ready" && <SaveButton file={answer} />}
      <button
        type="button"
        class="button"
        disabled={deed.busy || isWaiting}
        onClick={() => void deed.run(begin, again)}
      >
        {t(answer?.state === "ready" ? "takeout.again" : "takeout.begin")}
      </button>
      {dialog}
    </section>
  );
}

function stateOf({ state, expiresAt }: DataExport): string {
  if (state === "waiting") return t("takeout.waiting");
  return state === "failed" ? t("takeout.failed") : t("takeout.ready", { date: moment(expiresAt ?? "") });
}

function SaveButton({ file: { id, size, createdAt } }: { file: DataExport }) {
  const { session } = useClient();
  const { busy, failure, run } = useDeed();
  const save = async () => {
    const blob = await readBlob(await openDataExport(session, id), () => undefined);
    saveFile(blob, `luciole-${createdAt.slice(0, 10)}.zip`);
  };
  return (
    <>
      <button type="button" class="button primary" disabled={busy} onClick={() => void run(save)}>
        {t("takeout.save", { amount: amount(size ?? 0) })}
      </button>
      <Failure text={failure} />
    </>
  );
}
