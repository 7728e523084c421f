import type { DataExport, DataExportList } from "#protocol/ending.ts";
import { type Request, root } from "./api.ts";
import { open } from "./http.ts";
import type { Session } from "./session.ts";

const path = `${root}/me`;

/** The file with all that is one's own; null where there is none. */
export async function readExport(request: Request): Promise<DataExport | null> {
  const { exports } = await request<DataExportList>("GET", `${path}/exports`);
  return exports[0] ?? null;
}

export function beginExport(request: Request): Promise<DataExport> {
  return request<DataExport>("POST", `${path}/exports`);
}

/** Asks for the bytes of that file. */
export function openDataExport(session: Pick<Session, "bearing">, id: string): Promise<Response> {
  return session.bearing((token) => open({ method: "GET", path: `${path}/exports/${id}/file`, token }));
}

/** Lets one's account end; every session ends with the answer. */
export async function endAccount(request: Request): Promise<void> {
  await request("POST", `${path}/end`);
}
