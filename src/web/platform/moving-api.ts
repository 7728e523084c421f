import type { Moving } from "#protocol/moving.ts";
import { type Request, root } from "./api.ts";

const path = `${root}/me`;

/** One's other accounts, and where one lives now. */
export function readMoving(request: Request): Promise<Moving> {
  return request<Moving>("GET", `${path}/moving`);
}

export function addAlias(request: Request, address: string): Promise<Moving> {
  return request<Moving>("POST", `${path}/aliases`, { address });
}

export function removeAlias(request: Request, personId: string): Promise<Moving> {
  return request<Moving>("DELETE", `${path}/aliases/${personId}`);
}

/** Goes on as another account. */
export function moveAway(request: Request, address: string): Promise<Moving> {
  return request<Moving>("POST", `${path}/move`, { address });
}

export function comeBack(request: Request): Promise<Moving> {
  return request<Moving>("DELETE", `${path}/move`);
}
