import { Hono, type Context as Call } from "hono";
import { z } from "zod";
import { setTimer } from "#domain/groups/timer.ts";
import {
  changeGroup,
  forgetGroup,
  leaveGroup,
  listBans,
  removeMember,
  setMemberRole,
  transferGroup,
  unbanPerson,
  type Outcome,
} from "#domain/groups/verbs.ts";
import { setGroupPicture } from "#domain/groups/picture.ts";
import { readConversation } from "#domain/read.ts";
import { TIMER_LONGEST, TIMER_SHORTEST } from "#lib/group-limits.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { roles } from "#lib/permissions.ts";
import { pictureTypes } from "#lib/picture-type.ts";
import { presentView } from "#present/conversations.ts";
import { presentPerson } from "#present/people.ts";
import type { Asked, BanList, ConversationView } from "#protocol/api.ts";
import { askedSchema, banListSchema, permissionsSchema, viewSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { limitAsking } from "../limits.ts";
import { describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Groups";
/** 202: the server that keeps the group was asked. */
const answers = { 200: viewSchema, 202: askedSchema };

const ChangeBody = z.strictObject({
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  permissions: permissionsSchema.exactOptional(),
  history: z.enum(["joined", "all"]).exactOptional(),
  state: z.enum(["open", "archived", "closed"]).exactOptional(),
  epoch: z.int().nonnegative().exactOptional(),
});
/** Five seconds to four hundred days. */
const TimerBody = z.strictObject({ seconds: z.int().min(TIMER_SHORTEST).max(TIMER_LONGEST).nullable() });
const RoleBody = z.strictObject({ role: z.enum(roles) });
const OwnerBody = z.strictObject({ personId: z.uuid() });

type Of = { personId: PersonId; conversationId: ConversationId };

/** Answers with what came of what somebody wanted done. */
async function answer(c: Call, { ctx }: Services, { outcome, ...of }: Of & { outcome: Outcome }) {
  if (outcome === "asked") return c.json<Asked>({ state: "asked" }, 202);
  return c.json<ConversationView>(presentView(ctx.settings, await readConversation(ctx, of)));
}

/** What a group says of itself, and what its members are. */
export function groupRoutes(services: Services) {
  const { ctx } = services;
  return new Hono<BearerEnv>()
    .patch(
      "/conversations/:id",
      describe({ tag, summary: "Change what a group says of itself, or who may do what in it", answers }),
      parse("json", ChangeBody),
      async (c) => {
        const { epoch = null, ...change } = c.req.valid("json");
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const outcome = await changeGroup(ctx, { ...of, epoch, change });
        return await answer(c, services, { ...of, outcome });
      },
    )
    .put(
      "/conversations/:id/members/:personId/role",
      describe({ tag, summary: "Give a member another role", answers }),
      parse("json", RoleBody),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const otherId = idOf<"person">(c.req.param("personId"));
        const outcome = await setMemberRole(ctx, { ...of, otherId, ...c.req.valid("json") });
        return await answer(c, services, { ...of, outcome });
      },
    )
    .post(
      "/conversations/:id/owner",
      describe({ tag, summary: "Hand a group over to another member", answers }),
      parse("json", OwnerBody),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const otherId = idOf<"person">(c.req.valid("json").personId);
        const outcome = await transferGroup(ctx, { ...of, otherId });
        return await answer(c, services, { ...of, outcome });
      },
    );
}

/** How long what is said in a conversation stays, be it a group or not. */
export function timerRoutes(services: Services) {
  const { ctx } = services;
  return new Hono<BearerEnv>().put(
    "/conversations/:id/timer",
    describe({
      tag: "Conversations",
      summary: "Let what is said from now on disappear after so many seconds; null lets it stay",
      answers,
    }),
    parse("json", TimerBody),
    async (c) => {
      const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
      const outcome = await setTimer(ctx, { ...of, ...c.req.valid("json") });
      return await answer(c, services, { ...of, outcome });
    },
  );
}

/** What a group shows itself by. */
export function groupPictureRoutes(services: Services) {
  const { ctx } = services;
  return new Hono<BearerEnv>()
    .put(
      "/conversations/:id/picture",
      describe({
        ...{ tag, answers, bytes: pictureTypes },
        summary:
          "Give a group a picture, of 256 KiB at most, which tells no more than it shows (no Exif, no XMP)",
      }),
      limitAsking(ctx),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const image = new Uint8Array(await c.req.arrayBuffer());
        const outcome = await setGroupPicture(ctx, { ...of, image });
        return await answer(c, services, { ...of, outcome });
      },
    )
    .delete(
      "/conversations/:id/picture",
      describe({ tag, summary: "Take the picture of a group away", answers }),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const outcome = await changeGroup(ctx, { ...of, change: { pictureId: null } });
        return await answer(c, services, { ...of, outcome });
      },
    );
}

/** Who goes from a group, by themselves or not. */
export function departureRoutes(services: Services) {
  const { ctx } = services;
  const app = new Hono<BearerEnv>();
  const departures = [
    ["delete", "members", false, "Take a member out of a group"],
    ["put", "bans", true, "Ban somebody from a group"],
  ] as const;
  for (const [method, what, ban, summary] of departures) {
    app[method](`/conversations/:id/${what}/:personId`, describe({ tag, summary, answers }), async (c) => {
      const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")!) };
      const otherId = idOf<"person">(c.req.param("personId")!);
      const outcome = await removeMember(ctx, { ...of, otherId, ban });
      return await answer(c, services, { ...of, outcome });
    });
  }
  return app
    .get(
      "/conversations/:id/bans",
      describe({ tag, summary: "List whom a group has banned", answers: { 200: banListSchema } }),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        const banned = await listBans(ctx, of);
        const people = banned.map(({ person, successor }) => presentPerson(ctx.settings, person, successor));
        return c.json<BanList>({ people });
      },
    )
    .delete(
      "/conversations/:id/bans/:personId",
      describe({ tag, summary: "Lift a ban", answers: { 204: null } }),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        await unbanPerson(ctx, { ...of, otherId: idOf<"person">(c.req.param("personId")) });
        return c.body(null, 204);
      },
    )
    .post(
      "/conversations/:id/leave",
      describe({ tag, summary: "Leave a group", answers: { 200: viewSchema } }),
      async (c) => {
        const of = { personId: c.var.bearer.personId, conversationId: conversationOf(c.req.param("id")) };
        await leaveGroup(ctx, of);
        return c.json(presentView(ctx.settings, await readConversation(ctx, of)));
      },
    )
    .delete(
      "/conversations/:id",
      describe({
        tag,
        summary: "Take a group in which one is no more out of one's list",
        answers: { 204: null },
      }),
      async (c) => {
        const conversationId = conversationOf(c.req.param("id"));
        await forgetGroup(ctx, { personId: c.var.bearer.personId, conversationId });
        return c.body(null, 204);
      },
    );
}

function conversationOf(text: string): ConversationId {
  return idOf<"conversation">(text);
}
