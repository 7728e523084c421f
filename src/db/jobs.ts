import { sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";

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

/** Deletes jobs that failed as often as they are tried: nobody does them any more, and they may name people. */
export async function deleteUsedUpJobs(q: Queryable): Promise<void> {
  await q.execute(
    sql`delete from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null`,
  );
}

/** Deletes the jobs that are about somebody or write to them, by what is known of them before their account is deleted. */
export async function deleteJobsOf(tx: Transaction, personId: PersonId): Promise<void> {
  const names = sql`
    select lower(handle) from person where id = ${personId} union select handle from held_handle where person_id = ${personId}`;
  const email = sql`select lower(email) from account where person_id = ${personId} and email_confirmed_at is not null`;
  await tx.execute(sql`
    delete from graphile_worker._private_jobs where locked_at is null and (
      ${personId}::text in (payload ->> 'personId', payload ->> 'fromId', payload ->> 'toId')
      or lower(payload -> 'to' ->> 'handle') in (${names}) or lower(payload -> 'to' ->> 'email') in (${email}))`);
}
