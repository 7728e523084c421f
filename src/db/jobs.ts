import { sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";

/** What is done in a job, off the way of a request. */
export interface NewJob {
  task: string;
  /** JSON; it stands in the database until the job is done. */
  payload: object;
  /** How often it is tried; each wait is about e times as long as the one before. */
  attempts: number;
}

/** Adds a job, in the transaction of what it follows from. */
export async function addJob(q: Queryable, { task, payload, attempts }: NewJob): Promise<void> {
  await q.execute(sql`
    select graphile_worker.add_job(${task}, payload => ${JSON.stringify(payload)}::json, max_attempts => ${attempts}::int)`);
}
