/** Whoever was asked to show once more who they are left it at that: nothing was done, and nothing failed. */
export class NotConfirmed extends Error {
  override readonly name = "NotConfirmed";
}
