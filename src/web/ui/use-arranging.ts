import { useMemo } from "preact/hooks";
import { Arranging } from "../domain/arranging.ts";
import { useClient } from "./context.ts";

/** How the viewer keeps their list; it remembers nothing, so that each part has its own. */
export function useArranging(): Arranging {
  const client = useClient();
  return useMemo(() => new Arranging(client), [client]);
}
