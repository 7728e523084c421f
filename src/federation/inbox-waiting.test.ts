import { expect, test } from "vitest";
import { createRemoteKeyStore } from "#db/remote-keys.ts";
import { instanceActor } from "#domain/people.ts";
import { createEgress } from "#lib/egress.ts";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { openHome } from "../../test/helpers/home.ts";
import { addActor, type PeerActor } from "../../test/helpers/peer-actor.ts";
import { poll } from "../../test/helpers/poll.ts";
import { signingActor } from "./actors.ts";
import { createCounters } from "./counters.ts";
import { createDocuments } from "./documents.ts";
import { createInboxLimits } from "./inbox-guard-limits.ts";
import { createInboxGuard } from "./inbox-guard.ts";
import { createInbox } from "./inbox.ts";
import { createRemoteActors } from "./remote-actors.ts";
import { createRemoteKeys } from "./remote-keys.ts";
import { createSigning } from "./sign.ts";
import { actorUri } from "./uris.ts";
import { createVerifier } from "./verify.ts";

const origin = "https://a.example";

test("what is too much to wait behind an actor's slow message is to come again; others are taken meanwhile", async () => {
  const [home, peer, far] = [
    await openHome({ origin }),
    await HostilePeer.start(),
    await HostilePeer.start(),
  ];
  const egress = createEgress({ allowPrivateAddresses: [peer.host, far.host], userAgent: "test" });
  try {
    const { ctx } = home;
    const { now } = ctx;
    const own = await signingActor(ctx, (await instanceActor(ctx)).id);
    const documents = createDocuments({
      signing: createSigning(egress),
      instanceActor: async () => own,
      now,
    });
    const keys = createRemoteKeys({ documents, store: createRemoteKeyStore(ctx.db), now });
    const verifier = createVerifier({ origin, keys, now });
    const guard = createInboxGuard({ verifier, keys, documents, limits: createInboxLimits(now) });
    const counters = createCounters();
    const waiting = { perKey: 3, perGroup: 5, all: 100 };
    const inbox = createInbox(ctx, {
      guard,
      keys,
      actors: createRemoteActors(ctx, { egress, documents }),
      counters,
      documents,
      waiting,
    });
    const ann = actorUri(origin, (await home.member("ann")).id);

    let number = 0;
    const post = async (author: PeerActor, to: string[] = [ann]) => {
      const id = `${author.uri}/${(number += 1)}`;
      const object = { id, type: "Note", attributedTo: author.uri, to, content: "hi" };
      const activity = { id: `${id}/create`, type: "Create", actor: author.uri, to, object };
      const request = await author.deliver(`${origin}/inbox`, activity);
      return await inbox.receive(
        { method: "POST", url: "/inbox", headers: request.headers, body: request.body },
        null,
      );
    };

    const answer = Promise.withResolvers<void>();
    const [mal, eve, cy] = [
      addActor(peer, "/users/mal"),
      addActor(peer, "/users/eve"),
      addActor(far, "/users/cy"),
    ];
    far.answer("/users/tarpit", async (_request, response) => {
      await answer.promise;
      response.writeHead(503).end();
    });
    const slow = post(mal, [ann, far.url("/users/tarpit")]);
    await poll("the look-up", () => far.requestsFor("/users/tarpit").length === 1);
    const burst = [post(mal), post(mal), post(mal)];
    expect(
      await Promise.any(
        burst.map(async (one) => ((await one).status === 429 ? await one : Promise.reject())),
      ),
    ).toEqual({
      status: 429,
      retryAfter: 60,
    });
    expect((await post(mal)).status).toBe(429);
    expect(await Promise.all([post(eve), post(cy)])).toEqual([{ status: 202 }, { status: 202 }]);
    answer.resolve();
    expect((await slow).status).toBe(202);
    expect((await Promise.all(burst)).filter(({ status }) => status === 202)).toHaveLength(2);
    expect((await post(mal)).status).toBe(202);
    expect(counters.count("queue_full")).toBe(3);
  } finally {
    await egress.close();
    await Promise.all([peer.close(), far.close()]);
    await home.close();
  }
});
