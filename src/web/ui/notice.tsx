import { useClient } from "./context.ts";

/** Says in passing what was just done. */
export function Notice() {
  const text = useClient().notices.current.value;
  return (
    <p class="passing" role="status" data-shows={text !== null}>
      {text}
    </p>
  );
}
