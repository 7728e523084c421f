import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSecretBox, SealBroken } from "./secret-box.ts";

const key = randomBytes(32);
const plain = Buffer.from("a private key");

test("what was sealed opens again with the same key", () => {
  const sealed = createSecretBox(key).seal(plain);
  expect(Buffer.from(createSecretBox(key).open(sealed))).toEqual(plain);
  expect(Buffer.from(createSecretBox(key).open(createSecretBox(key).seal(Buffer.alloc(0))))).toEqual(
    Buffer.alloc(0),
  );
});

test("the same secret never looks the same twice and does not show through", () => {
  const box = createSecretBox(key);
  const first = Buffer.from(box.seal(plain));
  expect(first.equals(box.seal(plain))).toBe(false);
  expect(first.includes(plain)).toBe(false);
});

test("another key opens nothing", () => {
  const sealed = createSecretBox(key).seal(plain);
  expect(() => createSecretBox(randomBytes(32)).open(sealed)).toThrow(SealBroken);
});

test("a change of any byte, and any cut, is noticed", () => {
  const box = createSecretBox(key);
  const sealed = box.seal(plain);
  for (let index = 0; index < sealed.length; index++) {
    const changed = Uint8Array.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => box.open(changed), `byte ${index}`).toThrow(SealBroken);
    expect(() => box.open(sealed.subarray(0, index)), `cut at ${index}`).toThrow(SealBroken);
  }
});

test("a key of another length is refused", () => {
  expect(() => createSecretBox(randomBytes(16))).toThrow(RangeError);
});
