/** Moves the focus to the next region of the page (the previous one with Shift): list, messages, composer, details. */
export function moveBetweenRegions(event: KeyboardEvent): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) =>
    region.checkVisibility(),
  );
  if (regions.length === 0) return;
  event.preventDefault();
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const next = regions[(current + step + regions.length) % regions.length];
  const inside = next?.querySelector<HTMLElement>(
    "[tabindex='0'], textarea, [aria-current='page'], a[href], button",
  );
  (inside ?? next)?.focus();
}

/** Arrow keys, Home and End between the items of a list that has one tab stop. */
export function moveInList(event: KeyboardEvent, selector: string): void {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const current = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.min(items.length - 1, Math.max(0, current + step))];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** Arrow keys sideways between the controls inside an item of such a list; Esc leads back to the item itself, if that takes the focus. */
export function moveInItem(event: KeyboardEvent, selector: string): void {
  const { target, key } = event;
  const item = target instanceof HTMLElement ? target.closest<HTMLElement>(selector) : null;
  if (item === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (key === "Escape" && target !== item && item.hasAttribute("tabindex")) item.focus();
  else if (key === "ArrowLeft" || key === "ArrowRight") {
    const stops = [item, ...item.querySelectorAll<HTMLElement>("a[href], button:enabled")];
    stops[stops.findIndex((stop) => stop === document.activeElement) + (key === forward ? 1 : -1)]?.focus();
  } else return;
  event.preventDefault();
}
