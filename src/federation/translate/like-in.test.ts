import { expect, test } from "vitest";
import type { JsonObject } from "#lib/bounded-json.ts";
import { Dropped } from "./dropped.ts";
import { readReaction, readUndo } from "./like-in.ts";

const actorUri = "https://b.example/u/bo";
const uri = "https://a.example/m/1";
const icon = { type: "Image", url: "https://media.b.example/firefly.png" };
const tag = { type: "Emoji", name: ":firefly:", icon };

function emojiOf(fields: object) {
  const activity = { id: "https://b.example/likes/1", type: "Like", actor: actorUri, object: uri, ...fields };
  return readReaction({ origin: "https://a.example", actorUri, activity: activity as JsonObject }).emoji;
}

const picture = { shortcode: "firefly", url: icon.url };

test.each<[string, object, object]>([
  ["a Like of Mastodon", {}, { text: "❤️" }],
  ["an emoji in content", { content: "🎉" }, { text: "🎉" }],
  ["an emoji for Misskey alone", { _misskey_reaction: "🎉" }, { text: "🎉" }],
  ["an empty content", { content: "", _misskey_reaction: null }, { text: "❤️" }],
  ["a picture, its tag a list of one", { content: ":firefly:", tag: [tag] }, picture],
  ["a picture, its tag alone", { content: ":firefly:", tag }, picture],
  [
    "a picture whose tag has a bare name",
    { content: ":firefly:", tag: { ...tag, name: "firefly" } },
    picture,
  ],
  ["a picture of another server, as Misskey names it", { content: ":firefly@.:", tag }, picture],
  ["a picture without a tag", { content: ":firefly:" }, { text: ":firefly:" }],
  [
    "a picture of ours",
    { content: ":x1:", tag: { ...tag, name: ":x1:", icon: "https://a.example/emoji/1" } },
    { text: ":x1:" },
  ],
  [
    "a picture at no address",
    { content: ":firefly:", tag: { ...tag, icon: "data:x" } },
    { text: ":firefly:" },
  ],
  ["an enclosed object and unknown keys", { object: { id: uri, type: "Note" }, x: 1 }, { text: "❤️" }],
])("%s", (_, fields, emoji) => {
  expect(emojiOf(fields)).toEqual(emoji);
});

test.each<[string, object]>([
  ["no object", { object: undefined }],
  ["a list of objects", { object: [uri, uri] }],
  ["an id elsewhere", { id: "https://c.example/likes/1" }],
  ["an id of ours", { id: "https://a.example/activities/1" }],
])("%s is no reaction", (_, fields) => {
  expect(() => emojiOf(fields)).toThrow(Dropped);
});

test("only what is on the actor's own server is taken back", () => {
  const activity = {
    id: "https://b.example/undo/1",
    type: "Undo",
    actor: actorUri,
    object: "https://c.example/likes/1",
  };
  expect(() => readUndo({ origin: "https://a.example", actorUri, activity })).toThrow("id_elsewhere");
});
