import { useEffect, useState } from "preact/hooks";
import { ApiFailure } from "../platform/http.ts";
import { failureText } from "./refusals.ts";

export interface Fetched<Answer> {
  /** Null until it is there. */
  answer: Answer | null;
  failure: string | null;
  /** Why the server said no, by its code. */
  refusal: string | null;
  again: () => void;
}

/** What the server answers, asked again whenever `sign` changes or `again` is called. */
export function useFetched<Answer>(ask: () => Promise<Answer>, sign: string): Fetched<Answer> {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    ask().then(
      (fresh) => {
        if (!current) return;
        setAnswer(fresh);
        setFailure(null);
      },
      (error: unknown) => current && setFailure(error),
    );
    return () => {
      current = false;
    };
    // What is asked is named by `sign`.
  }, [sign, round]);
  return {
    answer,
    failure: failure === null ? null : failureText(failure),
    refusal: failure instanceof ApiFailure ? failure.code : null,
    again: () => setRound((last) => last + 1),
  };
}
