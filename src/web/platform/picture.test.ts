import { expect, test } from "vitest";
import { middle, squareOf } from "./picture.ts";

test("the middle square of a picture is kept, whichever side is longer", () => {
  expect(squareOf({ width: 400, height: 200 }, middle)).toEqual({ left: 100, top: 0, side: 200 });
  expect(squareOf({ width: 200, height: 400 }, middle)).toEqual({ left: 0, top: 100, side: 200 });
});

test("a crop never leaves the picture", () => {
  expect(squareOf({ width: 400, height: 200 }, { x: 0, y: 2, zoom: 2 })).toEqual({
    left: 0,
    top: 100,
    side: 100,
  });
});
