import type { Context } from "#domain/context.ts";
import { deleteRemotePerson, takeDoubt } from "#domain/people.ts";
import { DocumentUnavailable } from "./documents.ts";
import { GuardRefusal } from "./inbox-guard-refusal.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";

/**
 * Asks those servers again that a day ago did not have somebody of whom another said that they are gone. Whoever is there is
 * as they were; whoever is not there now either is gone for good; a server that says neither is asked again.
 */
export async function settleDoubts(
  ctx: Context,
  { actors }: { actors: Pick<RemoteActors, "refresh"> },
): Promise<void> {
  for (let uri = await takeDoubt(ctx); uri !== null; uri = await takeDoubt(ctx)) {
    try {
      await actors.refresh(uri);
    } catch (error) {
      if (isGone(error)) await deleteRemotePerson(ctx, { uri });
      else if (!isSilence(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  const cause = error instanceof ActorUnavailable ? error.cause : undefined;
  return cause instanceof DocumentUnavailable && cause.problem === "gone";
}

function isSilence(error: unknown): boolean {
  return error instanceof ActorUnavailable || error instanceof Dropped || error instanceof GuardRefusal;
}
