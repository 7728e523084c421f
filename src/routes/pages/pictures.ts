import { Hono, type Context as Call } from "hono";
import { idOf } from "../parse.ts";
import type { Picture, Services } from "../services.ts";

/**
 * Pictures: of custom emoji, which anybody may look at, and of groups, which whoever has the address may, as other servers and
 * whoever is invited do. Nobody guesses one.
 */
export function pictureRoutes({
  readEmoji,
  readGroupPicture,
}: Pick<Services, "readEmoji" | "readGroupPicture">) {
  return new Hono()
    .get("/emoji/:id", async (c) => {
      const picture = await readEmoji(idOf<"custom-emoji">(c.req.param("id")));
      return answer(c, picture, {
        "Cache-Control": "public, max-age=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    })
    .get("/pictures/:id", async (c) => {
      const picture = await readGroupPicture(idOf<"picture">(c.req.param("id")));
      // Another picture has another id.
      return answer(c, picture, { "Cache-Control": "private, max-age=31536000, immutable" });
    });
}

/** Never a document: whoever opens the picture alone sees a picture, and nothing in it runs. */
function answer(c: Call, picture: Picture | null, headers: Record<string, string>) {
  if (picture === null) return c.body(null, 404);
  return c.body(Buffer.from(picture.image), 200, {
    "Content-Type": picture.mediaType,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    ...headers,
  });
}
