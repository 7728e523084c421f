import type { Context } from "#domain/context.ts";
import { stanceOf } from "#domain/server-rules.ts";
import type { Egress } from "#lib/egress.ts";
import { EgressError } from "#lib/egress-error.ts";
import { hostOf } from "./uris.ts";

/** A picture that could not be had is asked for again after an hour (milliseconds). */
const AGAIN_MS = 3_600_000;

export interface Picture {
  readonly image: Uint8Array;
  readonly mediaType: string;
}

/** Pictures, some of other servers: these are fetched when somebody first looks at one, and then kept here. */
export interface Pictures<Id> {
  /** Null when there is no picture to be had. Refuses an unknown id. */
  read(id: Id): Promise<Picture | null>;
}

/** Where pictures of one kind are kept. */
export interface Shelf<Id> {
  /** `url` is null for our own; `host`: whose it is, where that is not the server at its address. */
  find(
    ctx: Context,
    id: Id,
  ): Promise<{
    image: Uint8Array | null;
    mediaType: string | null;
    url: string | null;
    fetchedAt: Date | null;
    host?: string | null;
  }>;
  /** Null notes that there was none to be had. */
  keep(ctx: Context, id: Id, image: Uint8Array | null): Promise<Picture | null>;
  maxBytes: number;
}

/** Makes the reader of pictures; however many look at once, a server is asked once. */
export function createPictures<Id>(
  ctx: Context,
  { egress, shelf }: { egress: Egress; shelf: Shelf<Id> },
): Pictures<Id> {
  const underWay = new Map<Id, Promise<Picture | null>>();

  async function fetchPicture(id: Id, url: string): Promise<Picture | null> {
    try {
      const { status, body } = await egress.fetch(url, { maxBytes: shelf.maxBytes });
      return await shelf.keep(ctx, id, status === 200 ? body : null);
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      return await shelf.keep(ctx, id, null);
    }
  }

  async function look(id: Id): Promise<Picture | null> {
    const { image, mediaType, url, fetchedAt, host = null } = await shelf.find(ctx, id);
    // Whose it is, and where it lives.
    const hosts = [host, hostOf(url ?? "")].filter((name) => name !== null);
    for (const name of hosts) if (!(await stanceOf(ctx, name)).shows) return null;
    if (image !== null && mediaType !== null) return { image, mediaType };
    const isLate = fetchedAt !== null && ctx.now().getTime() - fetchedAt.getTime() < AGAIN_MS;
    return url === null || isLate ? null : await fetchPicture(id, url);
  }

  return {
    read: async (id) => {
      const looking = underWay.get(id) ?? look(id).finally(() => underWay.delete(id));
      underWay.set(id, looking);
      return await looking;
    },
  };
}
