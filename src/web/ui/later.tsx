import type { ComponentChildren } from "preact";
import { ErrorBoundary } from "preact-iso";

/** Room for a part that is loaded when it is first needed. */
export function Later({ children }: { children: ComponentChildren }) {
  return <ErrorBoundary>{children}</ErrorBoundary>;
}
