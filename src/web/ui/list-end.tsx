import { useEffect, useRef } from "preact/hooks";

/** Asks for more when the end of the list comes into view. */
export function ListEnd({ onSight, count }: { onSight: () => void; count: number }) {
  const end = useRef<HTMLLIElement>(null);
  const ask = useRef(onSight);
  ask.current = onSight;
  useEffect(() => {
    if (end.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) ask.current();
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [count]);
  return <li ref={end} class="list-end" aria-hidden="true" />;
}
