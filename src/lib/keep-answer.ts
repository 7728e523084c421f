/**
 * Asks somebody else once for all who want to know, keeps the answer for `keepMs`, and after a failure asks nobody for
 * `pauseMs`: until then everybody gets the same failure.
 */
export function keepAnswer<Answer>(
  ask: () => Promise<Answer>,
  { keepMs, pauseMs }: { keepMs: number; pauseMs: number },
): () => Promise<Answer> {
  let kept: { answer: Promise<Answer>; until: number } | null = null;
  return async () => {
    if (kept !== null && performance.now() < kept.until) return await kept.answer;
    const asked = { answer: ask(), until: Infinity };
    kept = asked;
    const holdFor = (ms: number): void => void (asked.until = performance.now() + ms);
    asked.answer.then(
      () => holdFor(keepMs),
      () => holdFor(pauseMs),
    );
    return await asked.answer;
  };
}
