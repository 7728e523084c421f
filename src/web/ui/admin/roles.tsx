import { type ServerPermission, serverPermissions, type ServerRole, serverRoles } from "#lib/server-role.ts";
import type { AdminRoles } from "#protocol/admin.ts";
import { useState } from "preact/hooks";
import { AdminApi } from "../../platform/admin-api.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { useConfirmed } from "../use-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";
import { hasOffice, useMe } from "../use-office.ts";
import { useAdmin } from "./use-admin.ts";

/** What each role may do: a table of switches. Only an owner turns them, and nobody those of owners. */
export function Roles() {
  const admin = useAdmin();
  const { notices } = useClient();
  const { answer: me } = useMe();
  const fetched = useFetched(admin.roles, "roles");
  const [changed, setChanged] = useState<AdminRoles | null>(null);
  const { confirmed, dialog } = useConfirmed();
  const { busy, failure, run } = useDeed();
  const answer = changed ?? fetched.answer;
  const isOwner = hasOffice(me) && me?.role === "owner";
  function turn({ role, permissions }: Row, permission: ServerPermission) {
    const next = permissions.includes(permission)
      ? permissions.filter((one) => one !== permission)
      : [...permissions, permission];
    void run(
      async () => setChanged(await confirmed((request) => new AdminApi(request).setPermissions(role, next))),
      () => notices.say(t("roles.changed", { role: t(`serverRole.${role}`) })),
    );
  }
  return (
    <>
      <p class="muted">
        {t("roles.lead")} {me !== null && !isOwner && t("roles.onlyOwner")}
      </p>
      <Failure text={fetched.failure ?? failure} />
      {answer !== null && <Table rows={answer.roles} fixed={!isOwner || busy} onTurn={turn} />}
      {dialog}
    </>
  );
}

type Row = AdminRoles["roles"][number];

interface TableProps {
  rows: readonly Row[];
  fixed: boolean;
  onTurn: (row: Row, permission: ServerPermission) => void;
}

function Table({ rows, fixed, onTurn }: TableProps) {
  return (
    <table class="role-table">
      <caption class="unseen">{t("admin.roles")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("roles.permission")}</th>
          {serverRoles.map((role) => (
            <th key={role} scope="col">
              {t(`serverRole.${role}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {serverPermissions.map((permission) => (
          <tr key={permission}>
            <th scope="row">{t(`permission.${permission}`)}</th>
            {serverRoles.map((role) => (
              <Cell key={role} role={role} permission={permission} {...{ rows, fixed, onTurn }} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({
  role,
  permission,
  rows,
  fixed,
  onTurn,
}: TableProps & { role: ServerRole; permission: ServerPermission }) {
  const row = rows.find((one) => one.role === role);
  const name = t(`serverRole.${role}`);
  return (
    <td>
      <label>
        <span class="role-name" aria-hidden="true">
          {name}
        </span>
        <input
          type="checkbox"
          role="switch"
          class="switch"
          aria-label={`${name}: ${t(`permission.${permission}`)}`}
          checked={row?.permissions.includes(permission) ?? false}
          disabled={fixed || role === "owner" || row === undefined}
          onChange={(event) => {
            // What it shows is what the server says.
            event.currentTarget.checked = row?.permissions.includes(permission) ?? false;
            if (row !== undefined) onTurn(row, permission);
          }}
        />
      </label>
    </td>
  );
}
