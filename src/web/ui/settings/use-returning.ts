import { useEffect, useRef } from "preact/hooks";

/** Does something whenever somebody comes back to the page: what is shown may have changed elsewhere. */
export function useReturning(task: () => void): void {
  const latest = useRef(task);
  latest.current = task;
  useEffect(() => {
    const onReturn = () => document.visibilityState === "visible" && latest.current();
    addEventListener("focus", onReturn);
    document.addEventListener("visibilitychange", onReturn);
    return () => {
      removeEventListener("focus", onReturn);
      document.removeEventListener("visibilitychange", onReturn);
    };
  }, []);
}
