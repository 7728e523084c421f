import { getDocumentLoader } from "@fedify/fedify/runtime";
import { Create, Delete, Note, Tombstone, Update } from "@fedify/vocab";
import { describe, expect, test } from "vitest";
import type { OutgoingMessage } from "#domain/outgoing/types.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { home, samples } from "../../../test/helpers/outgoing.ts";
import { translateActivity } from "./activity-out.ts";
import { translateMessage, VersionGone } from "./note-out.ts";

const { create } = samples.Create;

test("an activity whose version was deleted in the meantime is not made up from nothing", () => {
  expect(() => translateActivity(home, { ...create, version: null })).toThrow(VersionGone);
});

describe("a message on request", () => {
  test("is the Note that was sent", () => {
    const { "@context": context, ...note } = translateMessage(home, create);
    expect(note).toEqual(translateActivity(home, create)["object"]);
    expect(context).toEqual(translateActivity(home, create)["@context"]);
  });

  test("is a Tombstone once it is deleted", () => {
    expect(translateMessage(home, samples.Delete.delete)).toMatchObject({
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

  const notes = Object.entries<OutgoingMessage>({
    create,
    "create-reply-in-group": samples.Create["create-reply-in-group"],
    ...samples.Update,
  }).filter(([, { message }]) => message.form === "Note");

  test.each(notes)("%s says who wrote what to whom", async (name, outgoing) => {
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
    const activity = await Delete.fromJsonLd(translateActivity(home, samples.Delete.delete), options);
    const object = await activity.getObject(options);
    expect(object).toBeInstanceOf(Tombstone);
    expect(object?.id?.href).toBe("https://a.example/m/0192f7a4-0000-7000-8000-000000000001");
  });
});
