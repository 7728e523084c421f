import Bowser from "bowser";
import type { ListedSession } from "#domain/sessions.ts";
import { placeOf } from "#lib/client-address.ts";
import type { SessionId } from "#lib/ids.ts";
import type { Device, Session } from "#protocol/sessions.ts";

/** A session as its owner sees it. */
export function presentSession(row: ListedSession, current: SessionId): Session {
  const { id, name, userAgent, appName, address, createdAt, seenAt } = row;
  return {
    id,
    name,
    device: userAgent === null ? null : readDevice(userAgent),
    app: appName,
    place: address === null ? null : placeOf(address),
    createdAt: createdAt.toISOString(),
    seenAt: (seenAt ?? createdAt).toISOString(),
    current: id === current,
  };
}

const kinds = ["desktop", "mobile", "tablet"] as const;

function readDevice(userAgent: string): Device {
  // An empty one is not read by the library.
  const { browser, os, platform } = Bowser.parse(userAgent || "?");
  return {
    program: browser.name || userAgent,
    system: os.name ?? null,
    kind: kinds.find((kind) => kind === platform.type) ?? null,
  };
}
