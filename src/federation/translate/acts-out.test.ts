import { expect, test } from "vitest";
import { home, samples } from "../../../test/helpers/outgoing.ts";
import { translateActivity } from "./activity-out.ts";

test("a custom emoji of another server goes out under its bare name, with the picture that came with it", () => {
  const like = samples.Like["like-custom"];
  const custom = { ...like.emoji.custom, url: "https://b.example/firefly.png" };
  const emoji = { text: ":firefly@b.example:", custom };
  expect(translateActivity(home, { ...like, emoji })).toMatchObject({
    content: ":firefly:",
    tag: [{ type: "Emoji", name: ":firefly:", icon: { type: "Image", url: custom.url } }],
  });
});
