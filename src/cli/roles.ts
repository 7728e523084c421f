import { Argument, type Command } from "commander";
import { listRoles, setPermissions } from "#domain/roles.ts";
import { serverPermissions, serverRoles, type ServerPermission, type ServerRole } from "#lib/server-role.ts";
import type { Within } from "./emoji.ts";

/** Adds the commands about what roles may do. */
export function addRoleCommands(program: Command, within: Within): void {
  const role = program.command("role").description("what each role may do on this server");
  role
    .command("list")
    .description("list the roles, from the most to the least")
    .action(() =>
      within(async (ctx) => {
        for (const { role, permissions } of await listRoles(ctx))
          console.log(`${role.padEnd(9)}  ${permissions.join(" ")}`.trimEnd());
      }),
    );
  role
    .command("set")
    .description("let a role do these and nothing else")
    .addArgument(new Argument("<role>").choices(serverRoles.filter((name) => name !== "owner")))
    .addArgument(new Argument("[permissions...]").choices(serverPermissions))
    .action((name: ServerRole, permissions: ServerPermission[]) =>
      within(async (ctx) => {
        await setPermissions(ctx, { by: null, role: name, permissions });
        console.log(`${name}: ${permissions.join(" ") || "nothing"}`);
      }),
    );
}
