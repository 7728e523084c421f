import { askPassword } from "#cli/ask.ts";
import { runCommand } from "#cli/program.ts";
import { configureLogs } from "#lib/log.ts";
import { createContext } from "./app.ts";
import { layFoundation } from "./boot.ts";
import { readConfig, readPassword } from "./config.ts";

configureLogs({ level: "error", format: "text", write: (line) => process.stderr.write(line) });

process.exitCode = await runCommand(process.argv.slice(2), {
  open: async () => {
    const foundation = await layFoundation(readConfig(), { as: "visitor" });
    return { ctx: createContext(foundation), close: foundation.close };
  },
  readPassword: async () => readPassword() ?? (await askPassword()),
});
