import type { RefObject, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { placeAt, placeFolder } from "../domain/folders.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";

interface Drag {
  id: string;
  place: number;
}

type Key = TargetedKeyboardEvent<HTMLElement>;
type Pointer = TargetedPointerEvent<HTMLElement>;

const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * The folders in their order, which grips change: by arrow keys, or drawn by a pointer. What is drawn keeps its place in the
 * document until it is let go (`places` says where it is shown), since a node that moves there loses the pointer.
 */
export function useOrder(
  list: RefObject<HTMLElement | null>,
  onMove: (id: string, place: number) => Promise<void>,
) {
  const { folders } = useClient().store.state.value;
  const [drag, setDrag] = useState<Drag | null>(null);
  const [said, say] = useState("");
  const held = useRef<string | null>(null);
  useLayoutEffect(() => {
    const row =
      held.current === null ? null : rowsOf(list).find(({ dataset }) => dataset["id"] === held.current);
    row?.querySelector<HTMLElement>(".grip")?.focus();
    held.current = null;
  }, [list, folders]);
  function move({ id, place }: Drag) {
    const folder = folders.find((one) => one.id === id);
    if (folder === undefined || place === folders.indexOf(folder)) return;
    if (place < 0 || place >= folders.length) return;
    held.current = id;
    say(t("folders.placed", { name: folder.name, place: place + 1, count: folders.length }));
    void onMove(id, place);
  }
  const shown = drag === null ? folders : placeFolder(folders, drag.id, drag.place);
  return {
    folders,
    said,
    places: new Map(shown.map(({ id }, place) => [id, place])),
    grip: (id: string) => ({
      "data-held": drag?.id === id,
      onKeyDown(event: Key) {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        move({ id, place: folders.findIndex((one) => one.id === id) + step });
      },
      onPointerDown(event: Pointer) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ id, place: folders.findIndex((one) => one.id === id) });
      },
      onPointerMove(event: Pointer) {
        if (drag?.id !== id) return;
        const others = rowsOf(list).filter(({ dataset }) => dataset["id"] !== id);
        setDrag({ id, place: placeAt(event.clientY, others.map(middleOf)) });
      },
      onPointerUp() {
        if (drag?.id === id) move(drag);
        setDrag(null);
      },
      onPointerCancel: () => setDrag(null),
    }),
  };
}

function rowsOf({ current }: RefObject<HTMLElement | null>): HTMLElement[] {
  return [...(current?.querySelectorAll<HTMLElement>("li") ?? [])];
}

function middleOf(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
