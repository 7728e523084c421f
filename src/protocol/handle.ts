/** `GET /me/handle`, and the answer to `PUT /me/handle`: what one is called, and what still leads to one. */
export interface HandleState {
  handle: string;
  /** Former handles, the one that ends first before the others. */
  held: { handle: string; until: string }[];
  /** When one may take a new one; null for now. */
  changeableAt: string | null;
  /** For how many days a handle is kept that is given up now. */
  graceDays: number;
}
