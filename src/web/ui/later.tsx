import type { ComponentChildren, ComponentType } from "preact";
import { ErrorBoundary, lazy } from "preact-iso";
import { loadAllTexts } from "../platform/language.ts";

/** Room for a part that is loaded when it is first needed. */
export function Later({ children }: { children: ComponentChildren }) {
  return <ErrorBoundary>{children}</ErrorBoundary>;
}

/** A part that is loaded when it is first needed, with its words. */
export function later<Props>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return lazy(async () => {
    const [part] = await Promise.all([load(), loadAllTexts()]);
    return part;
  });
}
