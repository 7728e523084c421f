import { expect, test } from "vitest";
import { run } from "../../test/helpers/operator.ts";
import { worldWith } from "../../test/helpers/second-factor.ts";

test("an operator gives somebody another handle, and says until when the former one is kept", async () => {
  const world = await worldWith("ann", "bo");
  expect(await run(world, "user", "rename", "@Ann", "anna")).toEqual({
    code: 0,
    lines: ["@anna (the former handle is kept until 2027-01-01)"],
  });
  // Found by the former one too, and without waiting.
  expect((await run(world, "user", "rename", "ann", "annie")).lines[0]).toContain("@annie");
  for (const [handle, why] of [
    ["ann", "is taken on this server"],
    ["anna", "is taken on this server"],
    ["a b", "must be at most 30 letters"],
    ["admin", "could be taken for a name of the server itself"],
  ])
    expect((await run(world, "user", "rename", "bo", handle!)).lines.join()).toContain(
      `error: handle ${why}`,
    );
  expect((await run(world, "user", "rename", "nobody", "somebody")).code).toBe(1);
});
