import { Hono } from "hono";
import { z } from "zod";
import { addAlias, removeAlias } from "#domain/moving/aliases.ts";
import { moveAway, readMoving, takeBackMove } from "#domain/moving/move-away.ts";
import type { PersonId } from "#lib/ids.ts";
import { presentPerson } from "#present/people.ts";
import type { Moving } from "#protocol/moving.ts";
import { movingSchema } from "#protocol/moving-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { limitAsking } from "../limits.ts";
import { addressSchema, describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const about = (summary: string) => describe({ tag: "Account", summary, answers: { 200: movingSchema } });
const AddressBody = z.strictObject({ address: addressSchema });

/** One's other accounts, and moving to one of them. */
export function movingRoutes({ ctx, resolveAddress, resolveTarget }: Services) {
  const load = async (personId: PersonId): Promise<Moving> => {
    const { aliases, movedTo, nextAt } = await readMoving(ctx, personId);
    return {
      aliases: aliases.map((alias) => presentPerson(ctx.settings, alias)),
      movedTo: movedTo && presentPerson(ctx.settings, movedTo),
      movableAt: nextAt?.toISOString() ?? null,
    };
  };
  return new Hono<BearerEnv & FromEnv>()
    .get("/me/moving", about("One's other accounts and one's new one"), async (c) =>
      c.json<Moving>(await load(c.var.bearer.personId)),
    )
    .post(
      "/me/aliases",
      about("Let one's other account move here, after `POST /me/confirm`"),
      parse("json", AddressBody),
      limitAsking(ctx),
      confirmed(ctx),
      async (c) => {
        const [{ personId }, { address }] = [c.var.bearer, c.req.valid("json")];
        await addAlias(ctx, { personId, otherId: (await resolveAddress(address)).id });
        return c.json<Moving>(await load(personId));
      },
    )
    .delete("/me/aliases/:personId", about("Say so no more"), async (c) => {
      const { personId } = c.var.bearer;
      await removeAlias(ctx, { personId, otherId: idOf<"person">(c.req.param("personId")) });
      return c.json<Moving>(await load(personId));
    })
    .post(
      "/me/move",
      about(
        "Go on as another account that says it is one's own, after `POST /me/confirm`; everybody who knows one is told",
      ),
      parse("json", AddressBody),
      limitAsking(ctx),
      confirmed(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const { id: toId } = await resolveTarget(personId, c.req.valid("json").address);
        await moveAway(ctx, { personId, toId, address: c.var.from.address });
        return c.json<Moving>(await load(personId));
      },
    )
    .delete(
      "/me/move",
      about("Be oneself here again, after `POST /me/confirm`"),
      confirmed(ctx),
      async (c) => {
        await takeBackMove(ctx, { ...c.var.bearer, address: c.var.from.address });
        return c.json<Moving>(await load(c.var.bearer.personId));
      },
    );
}
