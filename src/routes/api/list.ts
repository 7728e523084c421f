import { Hono } from "hono";
import { z } from "zod";
import { deleteDraft, saveDraft } from "#domain/drafts.ts";
import { changeFolder, createFolder, deleteFolder, listFolders } from "#domain/folders.ts";
import { presentDraft, presentFolder } from "#present/list.ts";
import type { FolderList } from "#protocol/api.ts";
import { draftSchema, folderListSchema, folderSchema } from "#protocol/schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { describe, idOf, parse, printable } from "../parse.ts";
import type { Services } from "../services.ts";

const name = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine(...printable);
const DraftBody = z.strictObject({
  text: z.string().max(100_000),
  inReplyTo: z.uuid().nullable().default(null),
});
const ChangeFolder = z.strictObject({
  name: name.exactOptional(),
  rank: z.int().nonnegative().exactOptional(),
});

/** The parts into which somebody divides their list. */
export function folderRoutes({ ctx }: Services) {
  const tag = "Folders";
  return new Hono<BearerEnv>()
    .get(
      "/me/folders",
      describe({ tag, summary: "One's folders, in their order", answers: { 200: folderListSchema } }),
      async (c) => {
        const folders = await listFolders(ctx, c.var.bearer.personId);
        return c.json<FolderList>({ folders: folders.map(presentFolder) });
      },
    )
    .post(
      "/me/folders",
      describe({ tag, summary: "Make a folder behind the others", answers: { 201: folderSchema } }),
      parse("json", z.strictObject({ name })),
      async (c) => {
        const folder = await createFolder(ctx, { ...c.var.bearer, ...c.req.valid("json") });
        return c.json(presentFolder(folder), 201);
      },
    )
    .patch(
      "/me/folders/:id",
      describe({
        tag,
        summary: "Give a folder another name, or another place among the others",
        answers: { 200: folderSchema },
      }),
      parse("json", ChangeFolder),
      async (c) => {
        const { personId } = c.var.bearer;
        const folderId = idOf<"folder">(c.req.param("id"));
        return c.json(
          presentFolder(await changeFolder(ctx, { personId, folderId, change: c.req.valid("json") })),
        );
      },
    )
    .delete(
      "/me/folders/:id",
      describe({ tag, summary: "Delete a folder, and nothing that lies in it", answers: { 204: null } }),
      async (c) => {
        const { personId } = c.var.bearer;
        await deleteFolder(ctx, { personId, folderId: idOf<"folder">(c.req.param("id")) });
        return c.body(null, 204);
      },
    );
}

/** What the caller has begun to write, for all of their sessions. */
export function draftRoutes({ ctx }: Services) {
  const tag = "Drafts";
  return new Hono<BearerEnv>()
    .put(
      "/conversations/:id/draft",
      describe({
        tag,
        summary: "Keep what one has begun to write; what comes last wins",
        answers: { 200: draftSchema },
      }),
      parse("json", DraftBody),
      async (c) => {
        const { text, inReplyTo } = c.req.valid("json");
        const draft = await saveDraft(ctx, {
          ...c.var.bearer,
          conversationId: idOf<"conversation">(c.req.param("id")),
          text,
          inReplyTo: inReplyTo === null ? null : idOf<"message">(inReplyTo),
        });
        return c.json(presentDraft(draft));
      },
    )
    .delete(
      "/conversations/:id/draft",
      describe({ tag, summary: "Throw a draft away, once it was sent too", answers: { 204: null } }),
      async (c) => {
        const conversationId = idOf<"conversation">(c.req.param("id"));
        await deleteDraft(ctx, { ...c.var.bearer, conversationId });
        return c.body(null, 204);
      },
    );
}
