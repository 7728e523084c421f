/** One sign-in, as its owner sees it. */
export interface Session {
  id: string;
  /** What its owner calls it; empty until they do. */
  name: string;
  /** By what it was begun; null for a token that was made on the command line. */
  device: Device | null;
  /** The program of somebody else that was let in; null for this server's own. */
  app: string | null;
  /** The network that it was used from last, as an address with its length; null where that is not known. */
  place: string | null;
  createdAt: string;
  /** To the minute. */
  seenAt: string;
  /** Whether it is the one that asks. */
  current: boolean;
}

/** What a program says of itself, read for people. */
export interface Device {
  /** `Firefox`; the words themselves where they are not known. */
  program: string;
  /** `Android`; null where it is not known. */
  system: string | null;
  kind: "desktop" | "mobile" | "tablet" | null;
}

/** `GET /me/sessions`: the one seen last first. */
export interface SessionList {
  sessions: Session[];
}
