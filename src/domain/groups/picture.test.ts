import { expect, test } from "vitest";
import { transact } from "#domain/transact.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { keepFacts } from "./heard-facts.ts";
import { keepGroupPicture, PICTURE_BYTES, readGroupPicture, setGroupPicture } from "./picture.ts";

const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(32)]);

async function scene() {
  const world = await createWorld();
  const ann = await world.local("ann");
  const of = { personId: ann.id, conversationId: await groupOf(world, [ann]) };
  const hear = async (pictureUrl: string) => {
    const { pictureId } = await transact(world.ctx, (tx) => keepFacts(world.ctx, tx, { pictureUrl }));
    return pictureId!;
  };
  return { ...world, of, hear };
}

test("a picture may be so large and no larger", async () => {
  const { ctx, of } = await scene();
  const largest = Buffer.concat([png, Buffer.alloc(PICTURE_BYTES - png.byteLength)]);
  await expect(setGroupPicture(ctx, { ...of, image: Buffer.concat([largest, png]) })).rejects.toMatchObject({
    code: "too_long",
  });
  expect(await setGroupPicture(ctx, { ...of, image: largest })).toBe("done");
});

test("a picture that another server names is noted, and kept once it was fetched, if it is one", async () => {
  const { ctx, hear } = await scene();
  const id = await hear("https://b.example/pictures/1");
  expect(await readGroupPicture(ctx, id)).toMatchObject({ url: "https://b.example/pictures/1", image: null });
  expect(await keepGroupPicture(ctx, id, Buffer.from("<svg/>"))).toBeNull();
  expect(await readGroupPicture(ctx, id)).toMatchObject({ image: null, fetchedAt: ctx.now() });
  expect(await keepGroupPicture(ctx, id, png)).toMatchObject({ mediaType: "image/png" });
});

test("a picture of this server that comes back from the server of a group is the same, and not fetched", async () => {
  const { ctx, connection, of, hear } = await scene();
  await setGroupPicture(ctx, { ...of, image: png });
  const [row] = await connection.sql<{ id: string }[]>`select id from picture`;
  expect(await hear(`${ctx.settings.origin}/pictures/${row!.id}`)).toBe(row!.id);
  expect(await hear(`${ctx.settings.origin}/pictures/${crypto.randomUUID()}`)).not.toBe(row!.id);
});
