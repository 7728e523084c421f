import { administrative } from "#lib/server-role.ts";
import type { Me } from "#protocol/api.ts";
import { root } from "../platform/api.ts";
import { useClient } from "./context.ts";
import { useFetched } from "./use-fetched.ts";

/** Whether the viewer has a hand in running the server; null until that is known. */
export function hasOffice(me: Me | null): boolean {
  return me?.permissions.some((permission) => administrative.includes(permission)) ?? false;
}

/** What the viewer may do on this server as a whole, asked anew whenever it is shown. */
export function useMe() {
  const { api } = useClient();
  return useFetched(() => api.request<Me>("GET", `${root}/me`), "me");
}
