import { randomUUID } from "node:crypto";
import type { HostileActor } from "../test/helpers/hostile-actor.ts";
import { signCavage } from "../test/helpers/hostile-signing.ts";
import { rsaKeyPair } from "../test/helpers/keys.ts";
import { describeNote, type Recipient, signedDelivery, unsignedDelivery } from "./deliveries.ts";
import type { FloodAnswers, Invalid } from "./flooder.ts";

/** Just more than an inbox takes. */
const TOO_MUCH = 1024 * 1024 + 1;
const HOUR = 3600 * 1000;

/** What invalid deliveries are made of. */
export interface Scene {
  /** Known here. */
  readonly author: HostileActor;
  readonly to: Recipient;
  /** A server of which nobody has heard. */
  readonly stranger: string;
}

const strangers = rsaKeyPair();

type Make = (scene: Scene) => Omit<Invalid, "kind">;

/** Every kind of invalid delivery, and the answers that it may get, beside a connection that is cut (0). */
const kinds: Readonly<Record<string, readonly [make: Make, statuses: readonly number[]]>> = {
  unsigned: [(scene) => ({ request: unsigned(scene) }), [401]],
  "wrong signature": [
    ({ author, to }) => {
      const request = unsignedDelivery(to, note({ author, to }));
      return { request: signed(request, { keyId: author.keyId, privateKey: strangers.privateKey }) };
    },
    [401],
  ],
  "wrong digest": [
    ({ author, to }) => {
      const { body = "", ...request } = signedDelivery(author, to, said());
      return { request: { ...request, body: String(body).replace("lorem", "ipsum") } };
    },
    [401],
  ],
  "stale date": [
    ({ author, to }) => {
      const request = unsignedDelivery(to, note({ author, to }));
      const headers = { ...request.headers, date: new Date(Date.now() - HOUR).toUTCString() };
      const signing = { keyId: author.keyId, privateKey: author.keys.privateKey };
      return { request: signed({ ...request, headers }, signing) };
    },
    [401],
  ],
  "too large, declared": [
    (scene) => {
      const request = unsigned(scene);
      return { request: { ...request, body: request.body.padEnd(TOO_MUCH) } };
    },
    [413],
  ],
  "too large, undeclared": [
    ({ author, to }) => {
      const { body = "", ...request } = signedDelivery(author, to, said());
      return { request: { ...request, body: String(body) }, padding: TOO_MUCH };
    },
    [413],
  ],
  "unknown key": [
    ({ to, stranger }) => {
      const id = `http://${stranger}/users/${randomUUID()}`;
      const request = unsignedDelivery(to, JSON.stringify(describeNote({ id }, to, said())));
      return { request: signed(request, { keyId: `${id}#main-key`, privateKey: strangers.privateKey }) };
    },
    [401, 429],
  ],
};

/** The names of all kinds. */
export const kindsOfInvalid: readonly string[] = Object.keys(kinds);

/** Makes one of a kind. */
export function makeInvalid(kind: string, scene: Scene): Invalid {
  return { kind, ...kinds[kind]![0](scene) };
}

/** What was answered as it must not be. */
export function wrongAnswers(answers: FloodAnswers): string[] {
  return Object.entries(answers).flatMap(([kind, counts]) =>
    Object.entries(counts).flatMap(([status, count]) =>
      [0, ...kinds[kind]![1]].includes(Number(status)) ? [] : [`${kind}: ${count} times ${status}`],
    ),
  );
}

type Delivery = Invalid["request"];

function said() {
  const key = randomUUID();
  return { key, text: `${key} lorem ipsum` };
}

function note({ author, to }: Pick<Scene, "author" | "to">): string {
  return JSON.stringify(describeNote(author, to, said()));
}

function unsigned({ author, to }: Scene): Delivery {
  return withBody(unsignedDelivery(to, note({ author, to })));
}

function signed(...arguments_: Parameters<typeof signCavage>): Delivery {
  return withBody(signCavage(...arguments_));
}

function withBody({ body = "", ...request }: ReturnType<typeof signCavage>): Delivery {
  return { ...request, body: String(body) };
}
