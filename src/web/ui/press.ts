import { useMemo, useRef } from "preact/hooks";
import type { Point } from "./floating.tsx";

const patience = 450;
/** Pixels that a finger may move and still rest. */
const tremor = 10;

interface Press {
  timer: ReturnType<typeof setTimeout>;
  from: Point;
}

/**
 * Handlers for asking for a menu of something: the context key, a right click (`at` its point), or a finger that rests on
 * it. On a link (unless it is the link that has the menu), and on selected words, the browser's own menu is wanted.
 */
export function useMenuRequest(
  open: (source: Element, at: Point | null) => void,
  { onLinks = false }: { onLinks?: boolean } = {},
) {
  const ask = useRef(open);
  ask.current = open;
  return useMemo(() => {
    let press: Press | null = null;
    const forget = () => {
      if (press !== null) clearTimeout(press.timer);
      press = null;
    };
    return {
      onContextMenu(event: MouseEvent) {
        const source = event.currentTarget as Element;
        if (wantsBrowserMenu(event, onLinks)) return;
        event.preventDefault();
        // A finger is waited for below; a keyboard has no point.
        const isMouse = event.button === 2 && matchMedia("(hover: hover)").matches;
        if (press === null) ask.current(source, isMouse ? { x: event.clientX, y: event.clientY } : null);
      },
      onPointerDown(event: PointerEvent) {
        forget();
        if (event.pointerType !== "touch" || wantsBrowserMenu(event, onLinks)) return;
        const source = event.currentTarget as Element;
        const timer = setTimeout(() => {
          press = null;
          lettingGoIsNoClick();
          ask.current(source, null);
        }, patience);
        press = { timer, from: { x: event.clientX, y: event.clientY } };
      },
      onPointerMove({ clientX, clientY }: PointerEvent) {
        if (press !== null && Math.hypot(clientX - press.from.x, clientY - press.from.y) > tremor) forget();
      },
      onPointerUp: forget,
      onPointerCancel: forget,
    };
  }, [onLinks]);
}

/** What has opened under the finger must not be chosen by lifting it. */
function lettingGoIsNoClick(): void {
  const over = new AbortController();
  const options = { capture: true, passive: false, signal: over.signal };
  const end = (event: TouchEvent) => {
    if (event.type === "touchend" && event.cancelable) event.preventDefault();
    over.abort();
  };
  for (const name of ["touchend", "touchcancel", "touchstart"] as const) addEventListener(name, end, options);
}

function wantsBrowserMenu({ target }: Event, onLinks: boolean): boolean {
  const onLink = !onLinks && target instanceof Element && target.closest("a") !== null;
  return onLink || getSelection()?.isCollapsed === false;
}
