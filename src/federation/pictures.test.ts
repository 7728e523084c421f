import { expect, onTestFinished, test } from "vitest";
import { upsertCustomEmoji } from "#db/custom-emoji.ts";
import {
  addCustomEmoji,
  EMOJI_BYTES,
  keepEmojiPicture,
  listCustomEmoji,
  readCustomEmoji,
  removeCustomEmoji,
} from "#domain/custom-emoji.ts";
import { createEgress } from "#lib/egress.ts";
import { newId } from "#lib/ids.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { startApp } from "../../test/helpers/app.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { createPictures } from "./pictures.ts";

const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(32)]);

/** A world that knows an emoji of a peer, and the peer's answer to whoever asks for the picture. */
async function scene(status: number, body: string | Uint8Array) {
  const world = await createWorld();
  const peer = await HostilePeer.start();
  const egress = createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test" });
  onTestFinished(async () => {
    await egress.close();
    await peer.close();
  });
  peer.answer("/e.png", (_, response) => void response.writeHead(status).end(body));
  const createdAt = world.ctx.now();
  const row = {
    id: newId<"custom-emoji">(),
    shortcode: "firefly",
    host: peer.host,
    url: peer.url("/e.png"),
    createdAt,
  };
  const { id } = await upsertCustomEmoji(world.ctx.db, row);
  const pictures = createPictures(world.ctx, {
    egress,
    shelf: { find: readCustomEmoji, keep: keepEmojiPicture, maxBytes: EMOJI_BYTES },
  });
  return { world, peer, read: () => pictures.read(id), asked: () => peer.requests.length };
}

test("another server's emoji is fetched when it is first looked at, once, however many look", async () => {
  const { read, asked } = await scene(200, png);
  const looks = [...(await Promise.all([read(), read()])), await read()];
  // Whoever looks first has it as it was fetched, the others maybe as it is kept.
  expect(looks.map((seen) => [seen?.mediaType, Buffer.from(seen!.image).equals(png)])).toEqual(
    looks.map(() => ["image/png", true]),
  );
  expect(asked()).toBe(1);
});

test.each<[string, number, string | Uint8Array]>([
  ["a document with scripts", 200, '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
  ["a page", 200, "<!doctype html>"],
  ["nothing", 404, png],
  ["more than an emoji needs", 200, Buffer.concat([png, Buffer.alloc(EMOJI_BYTES)])],
])(
  "IF-60: %s is not shown in the place of a picture, and not asked for again at once",
  async (_, status, body) => {
    const { world, read, asked } = await scene(status, body);
    expect([await read(), await read(), asked()]).toEqual([null, null, 1]);
    world.pass(3_600_001);
    expect([await read(), asked()]).toEqual([null, 2]);
  },
);

test("an emoji of this server is listed, shown as a picture and nothing else, and stays while it is used", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  await addCustomEmoji(app.ctx, { shortcode: "firefly", image: png });
  const listed = await app.request("/api/chat/v1/custom-emoji", { token: ann.token });
  const [own] = await listCustomEmoji(app.ctx);
  expect(listed.json).toEqual({ emoji: [{ shortcode: "firefly", url: `/emoji/${own!.id}` }] });
  const picture = await fetch(`${app.origin}/emoji/${own!.id}`);
  expect(Buffer.from(await picture.arrayBuffer()).equals(png)).toBe(true);
  expect(Object.fromEntries(picture.headers)).toMatchObject({
    "content-type": "image/png",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
  });
  expect((await fetch(`${app.origin}/emoji/${newId()}`)).status).toBe(404);
  await removeCustomEmoji(app.ctx, "firefly");
  expect(await listCustomEmoji(app.ctx)).toEqual([]);
});

test("what is no picture, or has no name, is no emoji", async () => {
  const { ctx } = await createWorld();
  const add = (shortcode: string, image: Uint8Array) => addCustomEmoji(ctx, { shortcode, image });
  await expect(add("a b", png)).rejects.toMatchObject({ code: "emoji_name_invalid", field: "name" });
  await expect(add("svg", Buffer.from("<svg/>"))).rejects.toMatchObject({ code: "not_a_picture" });
  await expect(add("big", Buffer.alloc(EMOJI_BYTES + 1))).rejects.toMatchObject({ code: "too_long" });
  await expect(removeCustomEmoji(ctx, "nobody")).rejects.toMatchObject({ code: "emoji_unknown" });
});
