import type { ReachedServer } from "#domain/servers.ts";
import type { ServerReach } from "#protocol/deliveries.ts";

/** What is known of a server before something is sent to it. */
export function presentServerReach(row: ReachedServer): ServerReach {
  const { host, name: software, version, verdict, reason } = row;
  const notAnsweringSince = row.failingSince?.toISOString() ?? null;
  return { host, software, version, verdict, reason, notAnsweringSince };
}
