import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { Create, Person } from "@fedify/vocab";
import { serve } from "@hono/node-server";
import { createReceived } from "./inbox-received.ts";

/** Fedify's inbox and nothing more: everything in memory, and a listener that only notes what came. */
const received = createReceived();
const federation = createFederation<undefined>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5")];
federation
  .setActorDispatcher("/users/{identifier}", (ctx, identifier) => {
    return new Person({ id: ctx.getActorUri(identifier), preferredUsername: identifier });
  })
  .setKeyPairsDispatcher(() => keys);
federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Create, (_ctx, { actorId, id }) => received.add(actorId?.href ?? "", id?.href ?? ""));

serve(
  {
    hostname: "127.0.0.1",
    port: Number(process.env["PORT"]),
    fetch: (request: Request) =>
      new URL(request.url).pathname === "/received"
        ? new Response(received.list(request.url))
        : federation.fetch(request, { contextData: undefined }),
  },
  () => process.stdout.write("ready\n"),
);
