import type { Context } from "#domain/context.ts";
import { EMOJI_BYTES, keepEmojiPicture, readCustomEmoji, type CustomEmojiId } from "#domain/custom-emoji.ts";
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

/** The pictures of other servers' custom emoji: fetched when somebody first looks at one, and then kept here. */
export interface Pictures {
  /** Null when there is no picture to be had. Refuses an unknown id. */
  read(id: CustomEmojiId): Promise<Picture | null>;
}

/** Makes the reader of pictures; however many look at once, a server is asked once. */
export function createPictures(ctx: Context, { egress }: { egress: Egress }): Pictures {
  const underWay = new Map<CustomEmojiId, Promise<Picture | null>>();

  async function fetchPicture(id: CustomEmojiId, url: string): Promise<Picture | null> {
    try {
      const { status, body } = await egress.fetch(url, { maxBytes: EMOJI_BYTES });
      return await keepEmojiPicture(ctx, id, status === 200 ? body : null);
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      return await keepEmojiPicture(ctx, id, null);
    }
  }

  async function look(id: CustomEmojiId): Promise<Picture | null> {
    const { image, mediaType, url, fetchedAt, host } = await readCustomEmoji(ctx, id);
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
