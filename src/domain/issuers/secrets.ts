import type { Context } from "../context.ts";

/** A secret of an issuer, as it is kept. */
export function sealText(ctx: Context, text: string | null): Uint8Array | null {
  return text === null ? null : ctx.secrets.seal(Buffer.from(text));
}

/** The same, as it was given. */
export function openSealed(ctx: Context, bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(ctx.secrets.open(bytes)).toString();
}
