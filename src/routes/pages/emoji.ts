import { Hono } from "hono";
import { idOf } from "../parse.ts";
import type { Services } from "../services.ts";

/** The pictures of custom emoji. Anybody may look at them: other servers show ours too. */
export function emojiRoutes({ readPicture }: Pick<Services, "readPicture">) {
  return new Hono().get("/emoji/:id", async (c) => {
    const picture = await readPicture(idOf<"custom-emoji">(c.req.param("id")));
    if (picture === null) return c.body(null, 404);
    // Never a document: whoever opens the picture alone sees a picture, and nothing in it runs.
    return c.body(Buffer.from(picture.image), 200, {
      "Content-Type": picture.mediaType,
      "Content-Security-Policy": "default-src 'none'; sandbox",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Cache-Control": "public, max-age=86400",
    });
  });
}
