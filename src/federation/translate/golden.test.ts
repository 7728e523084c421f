import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isOfMessage, isOfSelf, type OutgoingActivity } from "#domain/outgoing/types.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { home, samples } from "../../../test/helpers/outgoing.ts";
import { uriOfPerson } from "../uris.ts";
import { translateActivity, typeOnWire } from "./activity-out.ts";

const all = Object.values(samples).flatMap((ofType) => Object.entries<OutgoingActivity>(ofType));

test.each(all)("%s is, byte for byte, what is written down", (name, outgoing) => {
  const path = new URL(`../../../test/fixtures/federation-out/${name}.json`, import.meta.url);
  expect(`${JSON.stringify(translateActivity(home, outgoing), null, 2)}\n`).toBe(readFileSync(path, "utf8"));
});

const toPeople = all.filter(([, { type }]) => !isOfSelf(type));
const ofSelf = all.filter(([, { type }]) => isOfSelf(type));

test.each(ofSelf)("%s tells of its actor alone, and names nobody whom it goes to", (_name, outgoing) => {
  const activity = translateActivity(home, outgoing);
  const to = ["https://www.w3.org/ns/activitystreams#Public"];
  const { actor } = activity;
  expect(activity).toMatchObject({ type: typeOnWire(outgoing.type), actor, object: actor, to, cc: [] });
  const known = translateActivity(home, { ...outgoing, audience: [samples.Block.block.blocked] });
  expect(known).toEqual(activity);
});

test.each(toPeople)("%s is addressed to the people whom it is for, one by one", (_name, outgoing) => {
  const activity = translateActivity(home, outgoing);
  const to = outgoing.audience.map((person) => uriOfPerson(home.origin, person));
  expect(activity).toMatchObject({ type: typeOnWire(outgoing.type), to, cc: [] });
  expect(to).not.toContain(activity["actor"]);
  expect(JSON.stringify(activity)).not.toMatch(/Public"|followers|"bto"|"bcc"/);
  // Some servers take an empty audience for the public.
  expect(() => translateActivity(home, { ...outgoing, audience: [] })).toThrow("no addressee");
});

test.each(all)(
  "%s bears no signature of its own, and says of nothing that it is not private",
  (_name, outgoing) => {
    const text = JSON.stringify(translateActivity(home, outgoing));
    expect(text).not.toMatch(/"(proof|signature)":|"directMessage":false/);
  },
);

const messages = all.filter(([, outgoing]) => isOfMessage(outgoing));

test.each(messages)("%s says that it is private", (_name, outgoing) => {
  expect(translateActivity(home, outgoing)).toMatchObject({ directMessage: true });
});

const said = messages.filter(([, { type }]) => type !== "Delete");

test.each(said)(
  "the message of %s is one object of one type, for the same people, in one room",
  (_name, outgoing) => {
    const activity = translateActivity(home, outgoing);
    const object = activity["object"] as JsonObject;
    expect(object).toMatchObject({ to: activity["to"], cc: [], directMessage: true });
    expect(object["type"]).toMatch(/^(Note|ChatMessage)$/);
    expect(object["context"]).toMatch(/^https:/);
    expect(object["conversation"]).toBe(object["context"]);
    // Mastodon takes a message with a name for a vote.
    expect(object).not.toHaveProperty("name");
  },
);

const notes = said.filter(([name]) => !name.endsWith("-chat"));

test.each(notes)("the Note of %s mentions each recipient", (_name, outgoing) => {
  const activity = translateActivity(home, outgoing);
  const tags = (activity["object"] as JsonObject)["tag"] as JsonObject[];
  expect(tags.map(({ type, href }) => [type, href])).toEqual(
    (activity["to"] as string[]).map((uri) => ["Mention", uri]),
  );
  expect(tags.every(({ name }) => /^@\w+@[\w.]+$/.test(String(name)))).toBe(true);
});

test.each(said.filter(([name]) => name.endsWith("-chat")))(
  "the ChatMessage of %s has one recipient and names no other message",
  (_name, outgoing) => {
    const object = translateActivity(home, outgoing)["object"] as JsonObject;
    expect(object["to"]).toHaveLength(1);
    expect(object["actor"]).toBe(object["attributedTo"]);
    expect(object).not.toHaveProperty("inReplyTo");
    const many = { ...outgoing, audience: [outgoing.actor, ...outgoing.audience] };
    expect(() => translateActivity(home, many)).toThrow("one recipient");
  },
);
