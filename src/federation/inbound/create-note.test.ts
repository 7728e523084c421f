import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PersonRow } from "#domain/people.ts";
import { InboxScene } from "../../../test/helpers/inbox-scene.ts";
import type { PeerActor } from "../../../test/helpers/peer-actor.ts";

let scene: InboxScene;
let eve: PeerActor;
let ann: PersonRow;

beforeAll(async () => {
  scene = await InboxScene.start();
  eve = scene.actor("/users/eve");
});
afterAll(async () => await scene.close());
beforeEach(async () => {
  ann = await scene.newcomer();
});

/** As Pleroma and Lemmy write to one person. */
const chat = (object: Record<string, unknown> = {}) =>
  scene.note(eve, ann, { type: "ChatMessage", ...object });

describe("a ChatMessage", () => {
  test("is a message, and remembered as one that wants to be answered in kind", async () => {
    const published = "2026-11-22T08:00:00Z";
    expect(await scene.post(eve, chat({ content: "hi &amp; bye<br>you", published, emoji: {} }))).toBe(
      "202 accepted",
    );
    const [message] = await scene.messagesOf(ann);
    expect(message).toMatchObject({
      form: "ChatMessage",
      text: "hi & bye\nyou",
      sentAt: new Date(published),
    });
  });

  test("with a picture and no words is its picture's address", async () => {
    const attachment = {
      type: "Image",
      mediaType: "image/png",
      name: "a cat",
      url: [{ href: "https://e.example/cat.png" }],
    };
    expect(await scene.post(eve, chat({ content: null, attachment }))).toBe("202 accepted");
    const [message] = await scene.messagesOf(ann);
    expect(message?.html).toContain('href="https://e.example/cat.png"');
  });

  test("with custom emoji keeps their names", async () => {
    const tag = [
      { type: "Emoji", name: ":firefox:", icon: { type: "Image", url: "https://e.example/firefox.png" } },
    ];
    expect(await scene.post(eve, chat({ content: "I use :firefox:", tag }))).toBe("202 accepted");
    expect((await scene.messagesOf(ann))[0]?.text).toBe("I use :firefox:");
  });

  test("to more than one person, or to everybody, is none", async () => {
    const both = [scene.uriOf(ann), scene.uriOf(await scene.newcomer())];
    await scene.post(eve, scene.note(eve, ann)); // she is known
    expect(await scene.effectOf(eve, chat({ to: both }))).toBe("202 too_many_recipients");
    expect(await scene.effectOf(eve, chat({ to: "as:Public" }))).toBe("202 public");
  });

  test("is edited and deleted like a Note", async () => {
    const activity = chat({ content: "one" });
    await scene.post(eve, activity);
    const object = { ...activity.object, content: "two", updated: "2026-11-22T08:00:00Z" };
    expect(await scene.post(eve, scene.activity(eve, "Update", object))).toBe("202 accepted");
    expect((await scene.messagesOf(ann))[0]).toMatchObject({ form: "ChatMessage", text: "two" });
    expect(await scene.post(eve, scene.activity(eve, "Delete", object.id))).toBe("202 accepted");
    expect((await scene.messagesOf(ann))[0]?.deletedAt).not.toBeNull();
  });
});

describe("a message is read in whatever shape it comes", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an addressee who is no list", { to: "ANN" }, "hello"],
    ["an addressee with their whole document", { to: [{ id: "ANN", type: "Person" }] }, "hello"],
    ["no parent, said aloud", { inReplyTo: null }, "hello"],
    ["lists that are null", { cc: null, tag: null, attachment: null }, "hello"],
    ["keys that nobody knows", { "https://x.example/ns#odd": [{ deep: { er: 1 } }], source: null }, "hello"],
    ["words in one language", { content: undefined, contentMap: { de: "<p>hallo</p>" } }, "hallo"],
    ["words in a language and without one", { contentMap: { de: "<p>hallo</p>" } }, "hello"],
    ["a single tag", { tag: { type: "Mention", href: "ANN", name: "@ann" } }, "hello"],
    ["a time that is none", { published: "yesterday" }, "hello"],
  ])("%s", async (_title, object, text) => {
    const named = JSON.parse(JSON.stringify(object).replaceAll("ANN", scene.uriOf(ann))) as Record<
      string,
      unknown
    >;
    const content = "content" in object ? { content: undefined } : {};
    expect(await scene.post(eve, scene.note(eve, ann, { ...named, ...content }))).toBe("202 accepted");
    expect((await scene.messagesOf(ann)).map((message) => message.text)).toEqual([text]);
  });
});

test("a deletion names its message, or encloses it or what is left of it", async () => {
  const forms = [
    (id: string) => id,
    (id: string) => ({ id }),
    (id: string) => ({ id, type: "Tombstone", formerType: "Note" }),
    (id: string) => ({ id, type: ["Tombstone"], deleted: "2026-11-22T08:00:00Z" }),
    (id: string) => ({ id, type: "Note", attributedTo: eve.uri, content: "" }),
  ];
  for (const form of forms) {
    const activity = scene.note(eve, ann);
    await scene.post(eve, activity);
    expect(await scene.post(eve, scene.activity(eve, "Delete", form(activity.object.id)))).toBe(
      "202 accepted",
    );
  }
  const messages = await scene.messagesOf(ann);
  expect(messages.map(({ deletedAt }) => deletedAt === null)).toEqual(forms.map(() => false));
});
