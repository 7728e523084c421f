import { z } from "zod";
import { BELONGINGS, GROUPS } from "#domain/moving/move-away.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { isSameOrigin } from "../uris.ts";
import { parse } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { address, list, reference } from "./values.ts";

/** What somebody leaves to the account that they have become, as their server says. */
export interface SaidLeft {
  readonly contacts: readonly string[];
  readonly blocked: readonly string[];
  readonly groups: readonly { readonly uri: string; readonly keeperUri: string }[];
}

const leftFields = z.looseObject({
  attributedTo: reference,
  audience: reference,
  items: list(address),
  chatBlocked: list(address).catch([]),
  chatGroups: list(z.looseObject({ id: address, attributedTo: reference })).catch([]),
});

/** Reads what one actor leaves to another, as far as that is taken along. Throws Dropped. */
export function readLeft(document: JsonObject, { from, to }: { from: string; to: string }): SaidLeft {
  const { attributedTo, audience, items, chatBlocked, chatGroups } = parse(leftFields, document);
  if (attributedTo !== from || audience !== to) throw new Dropped("not_attributed");
  const groups = chatGroups.filter(({ id, attributedTo: keeper }) => isSameOrigin(id, keeper));
  return {
    contacts: [...new Set(items)].slice(0, BELONGINGS),
    blocked: [...new Set(chatBlocked)].slice(0, BELONGINGS),
    groups: groups.slice(0, GROUPS).map(({ id, attributedTo: keeperUri }) => ({ uri: id, keeperUri })),
  };
}
