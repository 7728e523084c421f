import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { samples } from "../../test/helpers/outgoing.ts";
import { inboundRows } from "./inbound/table.ts";
import { typeOnWire } from "./translate/activity-out.ts";
import { NAMESPACE } from "./translate/common-out.ts";

const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("FEDERATION.md", root), "utf8");

/** The first column of the tables of a chapter. */
function listed(chapter: string): string {
  const body = text.split(/^## /m).find((part) => part.startsWith(chapter)) ?? "";
  const rows = body.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((line) => line.split(" | ")[0]).join("\n");
}

describe("FEDERATION.md", () => {
  test.each(Object.keys(inboundRows))("says what we do with %s", (type) => {
    expect(listed("Activities that we understand")).toContain(`\`${type}\``);
  });

  test.each(Object.keys(samples) as (keyof typeof samples)[])("says when we send %s", (name) => {
    const type = typeOnWire(name);
    expect(listed("Activities that we send")).toContain(`\`${type}\``);
  });

  test("names every term of our own", () => {
    const said = readdirSync(new URL("src/federation/", root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .map((path) => readFileSync(new URL(`src/federation/${path}`, root), "utf8"));
    const terms = said.flatMap((code) => [...code.matchAll(/"luciole:(\w+)"/g)].map(([, term]) => term));
    expect(terms.length).toBeGreaterThan(1);
    for (const term of terms) expect(listed("Our own terms")).toContain(`\`${term}\``);
    expect(text).toContain(NAMESPACE);
  });
});
