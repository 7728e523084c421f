import type { Settings } from "#domain/context.ts";
import type { Issuer as IssuerRow } from "#domain/issuers/issuers.ts";
import { callbackOf } from "#domain/issuers/address.ts";
import { signatureAlgorithms } from "#lib/signature-algorithms.ts";
import type { Issuer } from "#protocol/issuers.ts";

/** An issuer as those who run the server see it: without its secrets. */
export function presentIssuer(settings: Pick<Settings, "origin">, row: IssuerRow): Issuer {
  const { clientSecret, sharedKey, disabledAt, createdAt, algorithms, ...rest } = row;
  return {
    ...rest,
    hasClientSecret: clientSecret !== null,
    hasSharedKey: sharedKey !== null,
    redirectUri: callbackOf(settings, row.slug),
    algorithms: signatureAlgorithms.filter((algorithm) => algorithms.includes(algorithm)),
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
  };
}
