import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

/** So many within so many seconds, for each key. */
export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

/** Runs a statement on the database that all processes of this server share. */
export interface SharedCounts {
  query(statement: {
    text: string;
    values: unknown[];
  }): Promise<{ rows: readonly unknown[]; rowCount: number }>;
}

/** Counts one for a key; answers the seconds to wait when that is one too many. */
export type Take = (key: string) => Promise<number | undefined>;

/**
 * A limit that all processes count together. While the database answers nothing, each counts by itself; and what is too
 * many already is known without asking.
 */
export function createLimiter(
  name: string,
  { points, seconds }: Limit,
  { table, shared }: { table: string; shared: SharedCounts },
): Take {
  const window = { keyPrefix: name, points, duration: seconds };
  const limiter = new RateLimiterPostgres({
    ...window,
    storeClient: shared,
    storeType: "client",
    tableName: table,
    tableCreated: true,
    clearExpiredByTimeout: false,
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: new RateLimiterMemory(window),
  });
  return async (key) => {
    try {
      await limiter.consume(key);
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    }
  };
}
