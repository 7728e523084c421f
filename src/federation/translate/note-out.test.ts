import { readFileSync } from "node:fs";
import { getDocumentLoader } from "@fedify/fedify/runtime";
import { Create, Delete, Note, Tombstone, Update } from "@fedify/vocab";
import { describe, expect, test } from "vitest";
import type { OutgoingMessage } from "#domain/outgoing.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ActivityId, ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { translateActivity } from "./activity-out.ts";
import { translateMessage, VersionGone } from "./note-out.ts";

const home = { origin: "https://a.example", host: "a.example" };
const at = (time: string) => new Date(`2026-11-22T${time}Z`);

function person(given: Partial<PersonRow>): PersonRow {
  return {
    id: "0192f7a4-0000-7000-8000-00000000000a" as PersonId,
    kind: "person",
    handle: "ann",
    host: null,
    uri: null,
    name: "",
    profileUrl: null,
    inbox: null,
    state: "active",
    formerHandle: null,
    renamedAt: null,
    movedTo: null,
    movedAt: null,
    signals: null,
    number: 0,
    createdAt: at("06:00:00"),
    fetchedAt: null,
    ...given,
  };
}

const bo = person({
  id: "0192f7a4-0000-7000-8000-00000000000b" as PersonId,
  handle: "bo",
  host: "b.example",
  uri: "https://b.example/u/bo",
  inbox: "https://b.example/u/bo/inbox",
});
const cy = person({ id: "0192f7a4-0000-7000-8000-00000000000c" as PersonId, handle: "cy" });

const create: OutgoingMessage = {
  id: "0192f7a4-0000-7000-8000-0000000000a1" as ActivityId,
  type: "Create",
  createdAt: at("07:00:00"),
  actor: person({}),
  conversation: { id: "0192f7a4-0000-7000-8000-000000000009" as ConversationId, uri: null },
  message: {
    id: "0192f7a4-0000-7000-8000-000000000001" as MessageId,
    sentAt: at("07:00:00"),
    deletedAt: null,
    withheldFrom: [],
  },
  version: { text: "hello <you>\nlook: https://c.example/?a&b", at: at("07:00:00") },
  inReplyTo: null,
  quote: null,
  audience: [bo],
};
const activities: Record<string, OutgoingMessage> = {
  create,
  "create-reply-in-group": {
    ...create,
    conversation: { ...create.conversation, uri: "https://b.example/contexts/9" },
    inReplyTo: { id: "0192f7a4-0000-7000-8000-000000000002" as MessageId, uri: "https://b.example/x/77" },
    audience: [bo, cy],
  },
  "create-markdown": {
    ...create,
    version: {
      text: "@bo **see**, @CY@a.example and @dan:\n- `a < b`\n\n```js\nlet x = 1;\n```",
      at: at("07:00:00"),
    },
    audience: [bo, cy],
  },
  update: {
    ...create,
    id: "0192f7a4-0000-7000-8000-0000000000a2" as ActivityId,
    type: "Update",
    createdAt: at("07:05:01"),
    version: { text: "hello again", at: at("07:05:00") },
    inReplyTo: { id: "0192f7a4-0000-7000-8000-000000000002" as MessageId, uri: null },
  },
  delete: {
    ...create,
    id: "0192f7a4-0000-7000-8000-0000000000a3" as ActivityId,
    type: "Delete",
    createdAt: at("07:06:00"),
    message: { ...create.message, deletedAt: at("07:06:00") },
    version: null,
  },
};

function golden(name: string): string {
  const path = new URL(`../../../test/fixtures/federation-out/${name}.json`, import.meta.url);
  return readFileSync(path, "utf8");
}

describe("what leaves for other servers", () => {
  test.each(Object.entries(activities))("%s is, byte for byte, what is written down", (name, outgoing) => {
    expect(`${JSON.stringify(translateActivity(home, outgoing), null, 2)}\n`).toBe(golden(name));
  });

  test.each(Object.entries(activities))(
    "%s keeps its lists as lists and says that it is private",
    (_name, outgoing) => {
      const activity = translateActivity(home, outgoing);
      expect(activity).toMatchObject({ cc: [], directMessage: true });
      expect(Array.isArray(activity["to"])).toBe(true);
      if (outgoing.type === "Delete") return;
      const object = activity["object"] as JsonObject;
      expect(object).toMatchObject({ type: "Note", to: activity["to"], cc: [], directMessage: true });
      expect(object["context"]).toBe(object["conversation"]);
      expect((object["tag"] as JsonObject[]).map(({ href }) => href)).toEqual(activity["to"]);
      expect(object).not.toHaveProperty("name");
    },
  );

  test("nothing leaves without an addressee, which some servers take for public", () => {
    for (const outgoing of Object.values(activities))
      expect(() => translateActivity(home, { ...outgoing, audience: [] })).toThrow("no addressee");
  });

  test("an activity whose version was deleted in the meantime is not made up from nothing", () => {
    expect(() => translateActivity(home, { ...create, version: null })).toThrow(VersionGone);
  });
});

describe("a message on request", () => {
  test("is the Note that was sent", () => {
    const { "@context": context, ...note } = translateMessage(home, create);
    expect(note).toEqual(translateActivity(home, create)["object"]);
    expect(context).toEqual(translateActivity(home, create)["@context"]);
  });

  test("is a Tombstone once it is deleted", () => {
    expect(translateMessage(home, activities["delete"]!)).toMatchObject({
      id: "https://a.example/m/0192f7a4-0000-7000-8000-000000000001",
      type: "Tombstone",
      formerType: "Note",
      deleted: "2026-11-22T07:06:00.000Z",
    });
  });
});

describe("read by an ActivityStreams library that has only its bundled contexts", () => {
  const bundled = getDocumentLoader();
  const documentLoader = async (url: string) => {
    if (url !== "https://www.w3.org/ns/activitystreams") throw new Error(`asked for ${url}`);
    return await bundled(url);
  };
  const options = { documentLoader, contextLoader: documentLoader };
  const actor = "https://a.example/users/0192f7a4-0000-7000-8000-00000000000a";

  test.each(["create", "create-reply-in-group", "update"])("%s says who wrote what to whom", async (name) => {
    const outgoing = activities[name]!;
    const json = translateActivity(home, outgoing);
    const activity = await (outgoing.type === "Create" ? Create : Update).fromJsonLd(json, options);
    expect(activity.actorId?.href).toBe(actor);
    expect(activity.toIds.map(({ href }) => href)).toEqual(json["to"]);
    const note = await activity.getObject(options);
    expect(note).toBeInstanceOf(Note);
    expect(note?.attributionIds.map(({ href }) => href)).toEqual([actor]);
    expect(note?.content?.toString()).toBe((json["object"] as JsonObject)["content"]);
    expect(note?.replyTargetId?.href).toBe((json["object"] as JsonObject)["inReplyTo"]);
    expect((await Array.fromAsync(note?.getTags(options) ?? [])).map((tag) => tag.name?.toString())).toEqual(
      name === "create-reply-in-group" ? ["@bo@b.example", "@cy@a.example"] : ["@bo@b.example"],
    );
  });

  test("delete names what is gone", async () => {
    const activity = await Delete.fromJsonLd(translateActivity(home, activities["delete"]!), options);
    const object = await activity.getObject(options);
    expect(object).toBeInstanceOf(Tombstone);
    expect(object?.id?.href).toBe("https://a.example/m/0192f7a4-0000-7000-8000-000000000001");
  });
});
