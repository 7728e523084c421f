import { join } from "node:path";
import { createApp } from "../../src/app.ts";
import { layFoundation } from "../../src/boot.ts";
import { readConfig } from "../../src/config.ts";
import { openDoors } from "../../src/serve.ts";
import type { Child, Ended } from "./child.ts";

const webFolder = join(import.meta.dirname, "../../dist/web");

/** Starts what `src/main.ts` starts, within this process: that takes a tenth of the time. It logs nothing. */
export async function startInside(
  settings: Readonly<Record<string, string | undefined>>,
): Promise<Pick<Child, "pid" | "output" | "kill" | "ended">> {
  const config = readConfig(settings);
  const foundation = await layFoundation(config, { as: "server" });
  const app = await createApp({ ...foundation, webFolder });
  const doors = await openDoors(app, config);
  await app.start();
  const { promise: ended, resolve: end } = Promise.withResolvers<Ended>();
  return {
    pid: process.pid,
    output: () => "",
    ended,
    async kill() {
      await Promise.all([doors.close(0), app.stop()]);
      await foundation.close();
      end({ code: 0, signal: null });
      return ended;
    },
  };
}
