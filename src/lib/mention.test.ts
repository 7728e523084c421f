import { expect, test } from "vitest";
import { findMentioned } from "./mention.ts";

const ann = { handle: "Ann", host: null };
const annThere = { handle: "ann", host: "b.example" };
const bo = { handle: "bo", host: "b.example" };
const people = [annThere, ann, bo];
const hosts = { ours: "a.example", author: "a.example" };

test("a mention with a host is that one person, whoever asks", () => {
  expect(findMentioned({ name: "ANN", host: "A.example" }, people, hosts)).toBe(ann);
  expect(findMentioned({ name: "ann", host: "b.example" }, people, hosts)).toBe(annThere);
  expect(findMentioned({ name: "bo", host: "a.example" }, people, hosts)).toBeUndefined();
});

test("a name alone is somebody of the author's server, or the only one of that name", () => {
  const ann_ = { name: "ann", host: null };
  expect(findMentioned(ann_, people, hosts)).toBe(ann);
  expect(findMentioned(ann_, people, { ours: "a.example", author: "b.example" })).toBe(annThere);
  expect(findMentioned(ann_, people, { ours: "a.example", author: "c.example" })).toBeUndefined();
  expect(findMentioned({ name: "bo", host: null }, people, hosts)).toBe(bo);
});

test("nobody is mentioned who is not there", () => {
  expect(findMentioned({ name: "cy", host: null }, people, hosts)).toBeUndefined();
});
