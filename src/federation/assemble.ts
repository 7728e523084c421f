import type { Context } from "#domain/context.ts";
import { EMOJI_BYTES, keepEmojiPicture, readCustomEmoji, type CustomEmojiId } from "#domain/custom-emoji.ts";
import type { OfferElsewhere } from "#domain/groups/join-elsewhere.ts";
import { keepGroupPicture, PICTURE_BYTES, readGroupPicture, type PictureId } from "#domain/groups/picture.ts";
import { instanceActor, type PersonRow } from "#domain/people.ts";
import { isNewServer, listRfc9421Servers, saveSignatures } from "#domain/servers.ts";
import { stanceOf } from "#domain/server-rules.ts";
import type { Egress } from "#lib/egress.ts";
import type { PersonId } from "#lib/ids.ts";
import type { JoinLink } from "#lib/join-link.ts";
import { signingActor } from "./actors.ts";
import { serveLeft } from "./belongings.ts";
import { createCounters, type Counters } from "./counters.ts";
import { settleDoubts } from "./doubts.ts";
import { createDocuments } from "./documents.ts";
import { createFollower, type Follower } from "./follower.ts";
import { federationRoutes, type FederationRoute } from "./http.ts";
import { createInboxGuard } from "./inbox-guard.ts";
import { createInboxLimits } from "./inbox-guard-limits.ts";
import { createInbox } from "./inbox.ts";
import { lookAtLink } from "./look-at-link.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createPictures, type Pictures } from "./pictures.ts";
import { closed, policed } from "./policed.ts";
import { createPrivateDoor, type PrivateRequest } from "./private-door.ts";
import { createPrivateObjects } from "./private-objects.ts";
import { createRemoteActors, type RemoteActors } from "./remote-actors.ts";
import { createRemoteKeys, type RemoteKeyStore } from "./remote-keys.ts";
import { createRooms } from "./rooms.ts";
import { createServers, type Servers } from "./servers.ts";
import { createSigning, type SigningActor } from "./sign.ts";
import { createSignalsIn } from "./signals-in.ts";
import { SignalsOut } from "./signals-out.ts";
import { actorUri } from "./uris.ts";
import { createVerifier } from "./verify.ts";

/** Largest signal that is read: a hundred addresses and a few words. */
const SIGNAL_BYTES = 64 * 1024;

/** Everything that this server says to others, and hears from them. */
export interface Federation {
  /** What others may ask of us. */
  readonly routes: readonly FederationRoute[];
  /** The workers that deliver. */
  readonly lanes: Lanes;
  /** Asks for what of groups elsewhere did not come by itself. */
  readonly follower: Follower;
  /** Asks again for those of whom it is in doubt whether they are gone, where that is due. */
  readonly settleDoubts: () => Promise<void>;
  /** Tells other servers what is not stored. */
  readonly signalsOut: SignalsOut;
  /** Asks other servers what they run. */
  readonly servers: Servers;
  /** Small pictures, of other servers too. */
  readonly emoji: Pictures<CustomEmojiId>;
  readonly groupPictures: Pictures<PictureId>;
  /** Finds a person by address, asking their server if need be, and what it runs; refuses `address_*`. */
  readonly resolveAddress: (address: string) => Promise<PersonRow>;
  /** Finds the account that somebody of ours wants to move to, as it is now; refuses `address_*`, `move_not_agreed`, `target_moved`. */
  readonly resolveTarget: (personId: PersonId, address: string) => Promise<PersonRow>;
  /** Asks what a link into a group of another server leads into; refuses `link_*`. */
  readonly lookAtLink: (link: JoinLink) => Promise<OfferElsewhere>;
}

/** Puts the parts of federation together around one way out and one store of keys. */
export function assembleFederation(
  ctx: Context,
  outside: { egress: Egress; keys: RemoteKeyStore; counters?: Counters },
): Federation {
  const egress = policed(ctx, outside.egress);
  const admits = async (host: string): Promise<boolean> => (await stanceOf(ctx, host)).talks;
  const { now } = ctx;
  const { origin } = ctx.settings;
  let ownSigner: Promise<SigningActor> | undefined;
  const asInstance = (): Promise<SigningActor> => {
    ownSigner ??= instanceActor(ctx)
      .then(({ id }) => signingActor(ctx, id))
      .catch((error: unknown) => {
        ownSigner = undefined; // a database that was away for a moment must not silence the server for good
        throw error;
      });
    return ownSigner;
  };
  const signing = createSigning(egress, {
    load: (limit) => listRfc9421Servers(ctx, limit),
    save: (host, signatures) => saveSignatures(ctx, host, signatures),
  });
  const documents = createDocuments({ signing, instanceActor: asInstance, now });
  const keys = createRemoteKeys({ documents, store: outside.keys, now });
  const verifier = createVerifier({ origin, keys, now });
  const actors = createRemoteActors(ctx, { egress, documents });
  const servers = createServers(ctx, { egress });
  const limits = createInboxLimits(now, inboxLimits(ctx));
  const counters = outside.counters ?? createCounters();
  const isNew = (host: string): Promise<boolean> => isNewServer(ctx, host);
  const guarding = { verifier, keys, documents, limits, admits, isNew };
  const inbox = createInbox(ctx, { guard: createInboxGuard(guarding), actors, keys, counters, documents });
  const signalsGuard = createInboxGuard({ ...guarding, maxBytes: SIGNAL_BYTES });
  const signalsIn = createSignalsIn(ctx, { guard: signalsGuard, counters });
  const door = createPrivateDoor(ctx, { verifier, keys, limits, actors, admits });
  const behind = {
    privateObjects: createPrivateObjects(ctx, door),
    rooms: createRooms(ctx, door),
    left: (request: PrivateRequest) => serveLeft(ctx, door, request),
  };
  return {
    routes: closed(ctx, verifier, federationRoutes(ctx, { inbox, signalsIn, ...behind })),
    lanes: createLanes(ctx, { signing, actors }),
    follower: createFollower(ctx, inbox.tools),
    settleDoubts: () => settleDoubts(ctx, { actors }),
    servers,
    signalsOut: new SignalsOut(ctx, signing),
    emoji: createPictures(ctx, {
      egress,
      shelf: { find: readCustomEmoji, keep: keepEmojiPicture, maxBytes: EMOJI_BYTES },
    }),
    groupPictures: createPictures(ctx, {
      egress,
      shelf: { find: readGroupPicture, keep: keepGroupPicture, maxBytes: PICTURE_BYTES },
    }),
    ...findersOf({ origin, actors, servers }),
    lookAtLink: (link) => lookAtLink({ ctx, actors, documents }, link),
  };
}

/** Whom people look for by address; what their servers run is known by then. */
function findersOf({
  origin,
  actors,
  servers,
}: {
  origin: string;
  actors: RemoteActors;
  servers: Servers;
}): Pick<Federation, "resolveAddress" | "resolveTarget"> {
  const met = async (person: PersonRow): Promise<PersonRow> => {
    await servers.learn([person]);
    return person;
  };
  return {
    resolveAddress: async (address) => await met(await actors.resolveAddress(address)),
    resolveTarget: async (personId, address) =>
      await met(await actors.resolveTarget(actorUri(origin, personId), address)),
  };
}

function inboxLimits({ settings }: Context) {
  const { inboxActor: perActor, inboxHost: perHost, inboxNewHost: perNewHost } = settings.limits;
  return { perActor, perHost, perNewHost };
}
