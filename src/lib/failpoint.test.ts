import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { createFailpoint } from "./failpoint.ts";

test("without a setting every place is passed", async () => {
  await expect(createFailpoint()("before-commit")).resolves.toBeUndefined();
});

test("throw breaks at its own place only", async () => {
  const failpoint = createFailpoint({ name: "before-commit", action: "throw" });
  await failpoint("after-insert");
  await expect(failpoint("before-commit")).rejects.toThrow("failpoint before-commit");
});

test("kill ends the process at its place without running another statement", () => {
  const program = `
    import { createFailpoint } from ${JSON.stringify(new URL("./failpoint.ts", import.meta.url).href)};
    const failpoint = createFailpoint({ name: "before-commit", action: "kill" });
    await failpoint("before-tx");
    process.stdout.write("passed");
    await failpoint("before-commit");
    process.stdout.write("survived");`;
  const ended = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(ended.signal).toBe("SIGKILL");
  expect(ended.stdout).toBe("passed");
});

test("what must have happened by then is waited for, where something is set", async () => {
  const reached: string[] = [];
  const failpoint = createFailpoint({ name: "after-insert", action: "throw" });
  await failpoint("before-commit", async () => reached.push("before-commit"));
  await expect(failpoint("after-insert", async () => reached.push("after-insert"))).rejects.toThrow(
    "failpoint",
  );
  expect(reached).toEqual(["after-insert"]);
});
