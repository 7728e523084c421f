import type { HandleState } from "#protocol/handle.ts";
import { type Request, root } from "./api.ts";

const path = `${root}/me/handle`;

/** What somebody is called, and which former handles still lead to them. */
export function readHandle(request: Request): Promise<HandleState> {
  return request<HandleState>("GET", path);
}

/** Takes another handle. */
export function changeHandle(request: Request, handle: string): Promise<HandleState> {
  return request<HandleState>("PUT", path, { handle });
}
