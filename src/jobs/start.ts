import { Logger, parseCrontab, run, runMigrations, type TaskList, type WorkerEvents } from "graphile-worker";
import { EventEmitter } from "node:events";
import { Pool } from "pg";
import type { Context } from "#domain/context.ts";
import { forgetExpired } from "#domain/housekeeping.ts";
import { MAIL_TASK, type MailOrder } from "#domain/mail/order.ts";
import { giveUpStale } from "#domain/lanes.ts";
import { CARRY_TASK, carryOver, type CarryOrder } from "#domain/moving/carry.ts";
import { workOffEndings } from "#domain/ending/work.ts";
import { workOffExports } from "#domain/exports/write.ts";
import { expireMessages } from "#domain/messages/expire.ts";
import { log } from "#lib/log.ts";
import { makeArchive } from "./archive.ts";
import { createMailer, type MailServer } from "./mail.ts";

/** Proves that the workers of this process live; see db/workers.ts, which implements it. */
export interface WorkerLocks {
  hold(workerId: string): Promise<void>;
  check(): Promise<number>;
  release(): Promise<void>;
}

export interface Jobs {
  /** Begins nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

export interface JobsOptions {
  readonly url: string;
  readonly openLocks: () => Promise<WorkerLocks>;
  /** Asks other servers again whether somebody is gone. */
  readonly settleDoubts: () => Promise<void>;
  /** Undefined: letters wait. */
  readonly mail?: MailServer | undefined;
}

const CHECK_MS = 10_000;
/** What has had its time stays for so long at most (milliseconds). */
const EXPIRY_MS = 5_000;
/** Whoever wants a copy of what is theirs waits so long at most until it is begun. */
const EXPORTS_MS = 2_000;
/** Accounts end, and what they leave is taken away, so long after their time at most. */
const ENDINGS_MS = 5_000;
/** What is in doubt is asked for so long after its time at most. */
const DOUBTS_MS = 60_000;
/** Connections for jobs: one listens, and each of two workers may hold one. */
const POOL = 4;
/** What is due by the clock; a time that was missed is made up for. */
const crontab = `
  17 3 * * * forget-expired ?fill=1d
  23 * * * * give-up-stale ?fill=1h
`;

/** Starts to work off slow and timed work. Every job may run twice: a process can die between the work and its mark. */
export async function startJobs(
  ctx: Context,
  { url, openLocks, mail, settleDoubts }: JobsOptions,
): Promise<Jobs> {
  const pgPool = new Pool({ connectionString: url, max: POOL });
  // A connection that breaks while nobody uses it is no reason to end; the next query opens another.
  pgPool.on("error", failed);
  pgPool.on("connect", (client) => client.on("error", failed));
  const connection = { pgPool, logger: new Logger(quiet) };
  await runMigrations(connection);
  const locks = await openLocks();
  const events: WorkerEvents = new EventEmitter();
  events.on("worker:create", ({ worker }) => void locks.hold(worker.workerId).catch(failed));
  const check = async (): Promise<void> => {
    const count = await locks.check();
    if (count > 0) log("jobs").warn("gave back the jobs of workers that died", { count });
  };
  await check();
  const mailer = mail && createMailer(mail);
  const taskList: TaskList = {
    ...(mailer && {
      [MAIL_TASK]: (order, { job }) => mailer.send(ctx, order as MailOrder, job.attempts > 1),
    }),
    [CARRY_TASK]: (order) => carryOver(ctx, order as CarryOrder),
    "forget-expired": () => forgetExpired(ctx),
    "give-up-stale": () => giveUpStale(ctx),
  };
  const parsedCronItems = parseCrontab(crontab);
  const runner = await run({
    ...connection,
    taskList,
    parsedCronItems,
    events,
    concurrency: 2,
    noHandleSignals: true,
  });
  const timer = setInterval(() => void check().catch(failed), CHECK_MS).unref();
  const expiry = repeat(async () => {
    await expireMessages(ctx);
  }, EXPIRY_MS);
  const exports = repeat(() => workOffExports(ctx, makeArchive), EXPORTS_MS);
  const endings = repeat(() => workOffEndings(ctx), ENDINGS_MS);
  const doubts = repeat(settleDoubts, DOUBTS_MS);
  // Without this, a runner that ends by itself would be a rejection that nobody handles.
  runner.promise.catch(failed);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all([expiry, endings, doubts, exports].map((each) => each.stop()));
      await runner.stop();
      mailer?.close();
      await Promise.all([pgPool.end(), locks.release()]);
    },
  };
}

/** Makes the tables of jobs, for a process that only adds some. */
export async function prepareJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: new Logger(quiet) });
}

/** Does something again and again, never twice at once; what fails is done again next time. */
function repeat(work: () => Promise<void>, everyMs: number) {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch(failed)
      .finally(() => (running = null));
  }, everyMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** Its texts may quote a job's payload: only that something went wrong gets out. */
function quiet() {
  return (level: string): void => {
    if (level === "error") log("jobs").error("a job or its queue failed");
    if (level === "warning") log("jobs").warn("the job queue warns");
  };
}

function failed(error: unknown): void {
  log("jobs").error("jobs cannot be worked off", { error });
}
