import { useEffect, useState } from "preact/hooks";
import { ApiFailure } from "../platform/http.ts";
import { failureText } from "./refusals.ts";

export interface Fetched<Answer> {
  /** Null until it is there. */
  answer: Answer | null;
  failure: string | null;
  /** Whether the server said no: to ask again makes no sense. */
  refused: boolean;
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
    refused: failure instanceof ApiFailure,
    again: () => setRound(round + 1),
  };
}
