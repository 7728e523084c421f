import { expect, onTestFinished, test } from "vitest";
import { isId } from "#lib/ids.ts";
import type { Answer, TestApp } from "../helpers/app.ts";
import { doorsOf } from "../helpers/doors.ts";
import { everythingOf, startPatientApp } from "../helpers/everything.ts";
import {
  ask,
  malformed,
  ofServer,
  placesOf,
  unknownId,
  wrongIds,
  type Asker,
  type Place,
} from "../helpers/places.ts";
import { poll } from "../helpers/poll.ts";
import { stateHash } from "../helpers/state-hash.ts";
import { say } from "../helpers/talk.ts";
import { HostilePeer } from "../hostile-peer.ts";

// Every route of the app's own router, with every id that it takes, asked by whom it is not for. A route that is new, or
// an id that has no row in test/helpers/places.ts, fails until somebody says what it is.

/** Thousands of requests, on whatever machine. */
const SWEEP_MS = 300_000;

/** Routes that the API does not describe, and why they belong to nobody. */
const undescribed: Readonly<Record<string, string>> = {
  "GET /health": "says whether the server works",
  "GET /api/chat/v1/openapi.json": "the description itself",
  "GET /api/chat/v1/socket": "the live socket, which takes no id",
  ...Object.fromEntries(
    ["", "/start.js", "/swagger-ui-bundle.js", "/swagger-ui.css"].map((file) => [
      `GET /api/docs${file}`,
      "the description to look at",
    ]),
  ),
  "GET /emoji/:id": "anybody may look at the server's emoji",
  "GET /pictures/:id": "whoever has the address may look; nobody guesses one",
  "GET /:at{@[A-Za-z0-9_]+}": "the page of somebody, which is public",
};
/** What belongs to other servers: test/hostile/hosted-groups.test.ts and authorization.test.ts ask there. */
const forServers =
  /^(?:GET|POST) \/(?:robots\.txt|\.well-known\/(?:webfinger|nodeinfo)|nodeinfo\/2\.[01]|users\/:id.*|inbox|signals|m\/:id.*|activities\/:id|r\/:id.*|join\/:id)$/;

/** All that somebody sees of an answer. */
function seen({ status, text, headers }: Answer): string {
  const lines = [...headers].filter(([name]) => name !== "date").map((line) => line.join(": "));
  return [status, ...lines, text].join("\n");
}

/** Waits until all is delivered, and noted as such. */
async function settled({ connection: { sql } }: TestApp): Promise<void> {
  await poll("everything to be delivered", async () => {
    const rows = await sql`
      select from delivery where state = 'waiting' union all select from lane where lease_until is not null limit 1`;
    return rows.length === 0;
  });
}

async function openScene() {
  const peer = await HostilePeer.start();
  onTestFinished(() => peer.close());
  const app = await startPatientApp({ peers: [peer.host] });
  const ann = await everythingOf(app, "ann", peer);
  const eve = await everythingOf(app, "eve");
  const { sql } = app.connection;
  const wilma = await everythingOf(app, "wilma");
  await sql`insert into account (person_id, role, created_at) values (${wilma.id}, 'owner', now())`;
  await settled(app);
  const { places, unknown } = placesOf((await doorsOf(app)).filter(({ isDescribed }) => isDescribed));
  expect(unknown).toEqual([]);
  return { app, peer, ann, eve, wilma, places };
}

type Scene = Awaited<ReturnType<typeof openScene>>;

/** Nothing comes of what is done: no row is another, no frame reaches anybody of Ann's, and no server is asked. */
async function inVain({ app, peer, ann }: Scene, deed: () => Promise<void>): Promise<void> {
  const sockets = [await app.socket(ann.token), await app.socket(ann.friend.token)];
  const [conversation] = ann.ids.conversation;
  const fences: string[] = [];
  const fence = async (text: string): Promise<unknown[]> => {
    const sent = await say(app, ann, [conversation, text]);
    fences.push(sent.message.id);
    const isFence = (frame: unknown) => fences.some((id) => JSON.stringify(frame).includes(id));
    for (const { next } of sockets) await next((frame) => isFence(frame) && frame.type === "message.posted");
    await settled(app);
    return sockets.map(({ frames }) => frames.filter((frame) => !isFence(frame)));
  };
  const told = await fence("fence one");
  const before = await stateHash(app.databaseUrl);
  const asked = peer.requests.length;
  await deed();
  expect(await stateHash(app.databaseUrl)).toBe(before);
  expect(peer.requests.length).toBe(asked);
  expect(await fence("fence two")).toEqual(told);
}

test("CL-26 every route of the router is described, or is known to belong to nobody", async () => {
  const app = await startPatientApp();
  const page = (await app.request("/")).text;
  const doors = (await doorsOf(app)).filter(({ isDescribed }) => !isDescribed);
  const unknown: string[] = [];
  for (const { method, path } of doors) {
    const key = `${method} ${path}`;
    if (forServers.test(key) || undescribed[key] !== undefined) continue;
    const { text } = await app.request(path.replace("*", "x"), { method });
    if (text !== page) unknown.push(`${key}: describe it, or say why it belongs to nobody`);
  }
  expect(unknown).toEqual([]);
  const known = new Set(doors.map(({ method, path }) => `${method} ${path}`));
  expect(Object.keys(undescribed).filter((key) => !known.has(key))).toEqual([]);
});

test(
  "CL-26 whatever of somebody else's is named is, to anybody else, what does not exist",
  async () => {
    const scene = await openScene();
    const { app, ann, eve, wilma, places } = scene;
    const askers: Record<string, Asker> = {
      eve: { token: eve.token, owner: eve },
      "an app of eve's": { token: eve.appToken, owner: eve },
      nobody: { token: undefined, owner: eve },
      "whoever runs the server": { token: wilma.token, owner: wilma },
    };
    const wrong: string[] = [];
    const compare = async (place: Place, who: string, by: Asker): Promise<void> => {
      const { door, name, where, kind } = place;
      const none = await ask(app, place, { id: unknownId(kind), by });
      const refused = refusalOf(place, by, none);
      for (const id of kind === ofServer ? [ann.id, ann.ids.session[0]] : ann.ids[kind]) {
        const foreign = await ask(app, place, { id, by });
        if (seen(foreign) === seen(none) && refused) continue;
        wrong.push(`${who}: ${door.method} ${door.path} ${where} ${name}\n${seen(foreign)}\n${seen(none)}`);
      }
    };
    await inVain(scene, async () => {
      for (const place of places) {
        for (const [who, by] of Object.entries(askers)) {
          if (place.kind !== ofServer || by.owner !== wilma) await compare(place, who, by);
        }
      }
    });
    expect(wrong).toEqual([]);
  },
  SWEEP_MS,
);

/** Whether an unknown id is refused as it should be: by the route if its place is in the path, else by its name. */
function refusalOf({ where, name, kind }: Place, by: Asker, { status, json }: Answer): boolean {
  if (by.token === undefined) return status === 401;
  if (by.token === by.owner.appToken && status === 403) return true;
  if (kind === ofServer) return status === 403;
  if (where === "path") return status === 404;
  const { field } = json as { field?: string };
  return status === 404 || (status === 422 && field?.split(".")[0] === name) || where === "query";
}

test(
  "CL-26 an id of another kind, and what is no id at all, is what does not exist, or a fault with a name",
  async () => {
    const scene = await openScene();
    const { app, ann, eve, wilma, places } = scene;
    const wrong: string[] = [];
    await inVain(scene, async () => {
      for (const place of places) {
        const { door, name, where, kind } = place;
        const owner = kind === ofServer ? wilma : eve;
        const by = { token: owner.token, owner };
        const none = seen(await ask(app, place, { id: unknownId(kind), by }));
        for (const id of [...wrongIds(kind, [ann, eve]), ...malformed]) {
          const answer = await ask(app, place, { id, by });
          const { field = "" } = answer.json as { field?: string };
          const named = answer.status === 422 && field.split(".")[0] === name && !isId(id);
          if (seen(answer) === none || named || (answer.status === 404 && where !== "path")) continue;
          wrong.push(
            `${door.method} ${door.path} ${where} ${name}=${id.slice(0, 40)}\n${seen(answer)}\n${none}`,
          );
        }
      }
    });
    expect(wrong).toEqual([]);
  },
  SWEEP_MS,
);
