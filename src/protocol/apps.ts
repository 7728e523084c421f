/** An app as those see it whom it asks. */
export interface App {
  id: string;
  name: string;
  website: string | null;
}

/** `POST /auth/consent/look`: what an app asks for, and the ticket with which one answers. */
export interface Consent {
  app: App;
  scopes: string[];
  /** Where the answer goes: a host, the scheme of an app of its own, or null where a code is shown. */
  returnsTo: string | null;
  ticket: string;
}

/** `POST /auth/consent`: where the browser goes on. */
export interface ConsentAnswer {
  redirect: string;
}

/** An app that somebody has let in. */
export interface AllowedApp extends App {
  scopes: string[];
  /** How often it is signed in. */
  sessions: number;
  allowedAt: string;
  seenAt: string | null;
}

/** `GET /me/apps`: the newest first. */
export interface AllowedAppList {
  apps: AllowedApp[];
}
