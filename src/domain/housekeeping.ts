import {
  deleteExpiredTokens,
  deleteOldDeliveries,
  deleteOldKeys,
  deleteOldTombstones,
  deleteUnusedApps,
  deleteUnusedEmoji,
  deleteUnusedPictures,
  forgetOldHandles,
} from "#db/housekeeping.ts";
import { cutAddresses, deleteOldAuditEntries } from "#db/audit.ts";
import { deleteUsedUpJobs } from "#db/jobs.ts";
import { deleteExpiredHandles } from "#db/handles.ts";
import { deleteExpiredIpRules } from "#db/ip-rules.ts";
import { deleteExpiredCounts } from "#db/rate-limits.ts";
import { deleteExpiredTickets } from "#db/tickets.ts";
import { deleteOldRequests } from "#db/sign-up.ts";
import type { Context } from "./context.ts";
import { graceBegan } from "./people.ts";

const DAY_MS = 24 * 3600 * 1000;
/** For how long the product promises to know a repeated send, and to show how a message was delivered. */
const KEYS_MS = 30 * DAY_MS;
const DELIVERIES_MS = 90 * DAY_MS;
/** Longer than any server retries a message that its author has deleted meanwhile. */
const TOMBSTONES_MS = 90 * DAY_MS;

/** Anybody can make up emoji without end. */
const EMOJI_MS = 30 * DAY_MS;

/** By then the server that keeps a group has made up its mind about a picture that somebody here wants it to have. */
const PICTURES_MS = 7 * DAY_MS;

/** Whoever waits for an account so long has found another one. */
const SIGN_UPS_MS = 30 * DAY_MS;

/** Until then abuse can be traced to an address; what is left is its network. */
const ADDRESSES_MS = 7 * DAY_MS;

/** For how long it is known what was decided, and by whom. */
const AUDIT_MS = 365 * DAY_MS;

/**
 * Forgets what has run out: tokens and rules about networks a day later, apps that got no token in a day, idempotency keys after 30 days, settled deliveries and the
 * deletions of what never came after 90, emoji of other servers that nobody uses after 30, pictures that no group has after 7,
 * those who wait for an account after 30, the audit log after a year, jobs that were tried as often as they may be, all of an address but its network after a week, and
 * former handles after the time that this server is set to.
 */
export async function forgetExpired(ctx: Context): Promise<void> {
  await ctx.failpoint("in-job");
  const ago = (milliseconds: number) => new Date(ctx.now().getTime() - milliseconds);
  await deleteUnusedApps(ctx.db, { before: ctx.now(), unused: ago(DAY_MS) });
  await deleteExpiredTokens(ctx.db, ago(DAY_MS));
  await deleteExpiredTickets(ctx.db, ctx.now());
  await deleteExpiredCounts(ctx.db, ctx.now().getTime());
  await deleteExpiredIpRules(ctx.db, ago(DAY_MS));
  await deleteOldKeys(ctx.db, ago(KEYS_MS));
  await deleteOldDeliveries(ctx.db, ago(DELIVERIES_MS));
  await deleteOldTombstones(ctx.db, ago(TOMBSTONES_MS));
  await deleteUnusedEmoji(ctx.db, ago(EMOJI_MS));
  await deleteUnusedPictures(ctx.db, ago(PICTURES_MS));
  await deleteOldRequests(ctx.db, ago(SIGN_UPS_MS));
  await cutAddresses(ctx.db, ago(ADDRESSES_MS));
  await deleteOldAuditEntries(ctx.db, ago(AUDIT_MS));
  await deleteExpiredHandles(ctx.db, ctx.now());
  await deleteUsedUpJobs(ctx.db);
  await forgetOldHandles(ctx.db, graceBegan(ctx));
}
