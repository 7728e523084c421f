import { Hono } from "hono";
import { z } from "zod";
import { blockPerson, mutePerson, unblockPerson, unmutePerson } from "#domain/relations/change.ts";
import { readMet } from "#domain/relations/read.ts";
import { presentPerson } from "#present/people.ts";
import { presentRelation } from "#present/relations.ts";
import type { Person, Relation } from "#protocol/types.ts";
import { personSchema, relationSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "People";
const BlockBody = z.strictObject({ kind: z.enum(["open", "silent"]) });
const MuteBody = z.strictObject({ until: z.iso.datetime().nullable() });

/** Other people whom the caller has met: who they are, and how the caller stands to them. */
export function peopleRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>()
    .get(
      "/people/:id",
      describe({ tag, summary: "Read who somebody is", answers: { 200: personSchema } }),
      async (c) => {
        const person = await readMet(ctx, { ...c.var.bearer, otherId: idOf(c.req.param("id")) });
        return c.json<Person>(presentPerson(ctx.settings, person));
      },
    )
    .put(
      "/people/:id/block",
      describe({
        tag,
        summary: "Block somebody; `silent` never tells them or their server",
        answers: { 200: relationSchema },
      }),
      parse("json", BlockBody),
      async (c) => {
        const pair = { ...c.var.bearer, otherId: idOf<"person">(c.req.param("id")) };
        const { kind } = c.req.valid("json");
        return c.json<Relation>(presentRelation(await blockPerson(ctx, { ...pair, kind })));
      },
    )
    .delete(
      "/people/:id/block",
      describe({ tag, summary: "Take a block back", answers: { 200: relationSchema } }),
      async (c) => {
        const pair = { ...c.var.bearer, otherId: idOf<"person">(c.req.param("id")) };
        return c.json<Relation>(presentRelation(await unblockPerson(ctx, pair)));
      },
    )
    .put(
      "/people/:id/mute",
      describe({
        tag,
        summary: "Mute somebody, until a moment or for good",
        answers: { 200: relationSchema },
      }),
      parse("json", MuteBody),
      async (c) => {
        const pair = { ...c.var.bearer, otherId: idOf<"person">(c.req.param("id")) };
        const { until } = c.req.valid("json");
        const row = await mutePerson(ctx, { ...pair, until: until === null ? null : new Date(until) });
        return c.json<Relation>(presentRelation(row));
      },
    )
    .delete(
      "/people/:id/mute",
      describe({ tag, summary: "Take a mute back", answers: { 200: relationSchema } }),
      async (c) => {
        const pair = { ...c.var.bearer, otherId: idOf<"person">(c.req.param("id")) };
        return c.json<Relation>(presentRelation(await unmutePerson(ctx, pair)));
      },
    );
}
