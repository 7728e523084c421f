import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertLocalPerson } from "#db/people.ts";
import { instanceActor, type PersonRow } from "#domain/people.ts";
import { newId } from "#lib/ids.ts";
import { openHome, type Home } from "../../test/helpers/home.ts";
import { Replay } from "../../test/helpers/replay.ts";
import { stateHash } from "../../test/helpers/state-hash.ts";

let home: Home;

beforeAll(async () => {
  home = await openHome();
  await instanceActor(home.ctx);
});
afterAll(async () => await home.close());

/** Somebody here to whom nobody wrote yet. */
async function newcomer(): Promise<PersonRow> {
  const id = newId<"person">();
  const row = { id, handle: id.replaceAll("-", ""), createdAt: new Date() };
  return (await insertLocalPerson(home.ctx.db, row))!;
}

interface Expected {
  /** Captures that came before, in order. */
  readonly after?: readonly string[];
  /** Whether the receiver blocks the sender. */
  readonly isBlocked?: true;
  /** The answer's status and what was counted. */
  readonly answer: string;
  /** What the receiver then sees; absent where nothing at all may change. */
  readonly sees?: readonly string[];
}

/** Sent while the receiver blocked the sender, whose server refused it. Ours thanks for it, and drops it. */
const unwelcome: Expected = { isBlocked: true, answer: "202 blocked" };
const unfollowed: Expected = { answer: "202 follow_not_offered" };

/** Something is taken, after which the receiver sees these messages. */
const said = (...sees: string[]): Expected => ({ answer: "202 accepted", sees });
/** Something is taken that is not shown. */
const noted = said();

const received: Readonly<Record<string, Expected>> = {
  "gotosocial-to-gotosocial-accept-follow": { answer: "202 never_asked" },
  "gotosocial-to-gotosocial-block": noted,
  "gotosocial-to-gotosocial-dm-create": said("they: hello-jwfqz5 DM"),
  "gotosocial-to-gotosocial-dm-create-cw": said("they: secret\n\ncw-jwfqz5"),
  "gotosocial-to-gotosocial-dm-create-rejected403": unwelcome,
  "gotosocial-to-gotosocial-dm-delete": {
    after: ["gotosocial-to-gotosocial-dm-create"],
    ...said("they: (deleted)"),
  },
  "gotosocial-to-gotosocial-dm-edit": {
    after: ["gotosocial-to-gotosocial-dm-create"],
    ...said("they: edited-jwfqz5 DM (edited)"),
  },
  "gotosocial-to-gotosocial-dm-reply": said("me: what I wrote", "they: reply-jwfqz5 (to me)"),
  "gotosocial-to-gotosocial-follow": unfollowed,
  "gotosocial-to-gotosocial-like": said("me: what I wrote [❤️]"),
  "gotosocial-to-gotosocial-undo-block": { after: ["gotosocial-to-gotosocial-block"], ...noted },
  "gotosocial-to-gotosocial-undo-follow": unfollowed,
  "gotosocial-to-gotosocial-undo-like": {
    after: ["gotosocial-to-gotosocial-like"],
    ...said("me: what I wrote"),
  },
  "gotosocial-to-hollo-accept-follow": { answer: "202 never_asked" },
  "gotosocial-to-hollo-block": noted,
  "gotosocial-to-hollo-dm-create": said("they: hello-pj3k5f DM"),
  "gotosocial-to-hollo-dm-create-cw": said("they: secret\n\ncw-pj3k5f"),
  "gotosocial-to-hollo-dm-delete": { after: ["gotosocial-to-hollo-dm-create"], ...said("they: (deleted)") },
  "gotosocial-to-hollo-dm-edit": {
    after: ["gotosocial-to-hollo-dm-create"],
    ...said("they: edited-pj3k5f DM (edited)"),
  },
  "gotosocial-to-hollo-dm-reply": said("me: what I wrote", "they: reply-d7worz (to me)"),
  "gotosocial-to-hollo-follow": unfollowed,
  "gotosocial-to-hollo-like": said("me: what I wrote [❤️]"),
  "gotosocial-to-hollo-twoedit-1-create": said("they: twoedit 0"),
  "gotosocial-to-hollo-twoedit-2-update": {
    after: ["gotosocial-to-hollo-twoedit-1-create"],
    ...said("they: twoedit 1 (edited)"),
  },
  // It has the activity id of the one before.
  "gotosocial-to-hollo-twoedit-3-update": {
    after: ["gotosocial-to-hollo-twoedit-1-create", "gotosocial-to-hollo-twoedit-2-update"],
    ...said("they: twoedit 2 (edited)"),
  },
  "gotosocial-to-hollo-undo-block": { after: ["gotosocial-to-hollo-block"], ...noted },
  "gotosocial-to-hollo-undo-follow": unfollowed,
  "gotosocial-to-hollo-undo-like": { after: ["gotosocial-to-hollo-like"], ...said("me: what I wrote") },
  "gotosocial-to-snac-accept-follow": { answer: "202 never_asked" },
  "gotosocial-to-snac-block": noted,
  "gotosocial-to-snac-dm-create": said("they: hello-miizst DM"),
  "gotosocial-to-snac-dm-create-cw": said("they: secret\n\ncw-miizst"),
  "gotosocial-to-snac-dm-create-rejected403": unwelcome,
  "gotosocial-to-snac-dm-delete": { after: ["gotosocial-to-snac-dm-create"], ...said("they: (deleted)") },
  "gotosocial-to-snac-dm-edit": {
    after: ["gotosocial-to-snac-dm-create"],
    ...said("they: edited-miizst DM (edited)"),
  },
  "gotosocial-to-snac-dm-reply": said("me: what I wrote", "they: reply-cyzgk3 (to me)"),
  "gotosocial-to-snac-follow": unfollowed,
  "gotosocial-to-snac-undo-block": { after: ["gotosocial-to-snac-block"], ...noted },
  "gotosocial-to-snac-undo-follow": unfollowed,
  "hollo-to-gotosocial-accept-follow": { answer: "202 never_asked" },
  "hollo-to-gotosocial-block": noted,
  "hollo-to-gotosocial-dm-create": said("they: hello-d7worz DM"),
  "hollo-to-gotosocial-dm-create-cw": said("they: secret\n\ncw-d7worz"),
  "hollo-to-gotosocial-dm-create-rejected403": unwelcome,
  "hollo-to-gotosocial-dm-delete": { after: ["hollo-to-gotosocial-dm-create"], ...said("they: (deleted)") },
  "hollo-to-gotosocial-dm-edit": {
    after: ["hollo-to-gotosocial-dm-create"],
    ...said("they: edited-d7worz DM (edited)"),
  },
  "hollo-to-gotosocial-dm-reply": said("me: what I wrote", "they: reply-pj3k5f (to me)"),
  "hollo-to-gotosocial-emojireact": said("me: what I wrote [🎉]"),
  "hollo-to-gotosocial-follow": unfollowed,
  "hollo-to-gotosocial-like": said("me: what I wrote [❤️]"),
  "hollo-to-gotosocial-undo-block": { after: ["hollo-to-gotosocial-block"], ...noted },
  "hollo-to-gotosocial-undo-emojireact": {
    after: ["hollo-to-gotosocial-emojireact"],
    ...said("me: what I wrote"),
  },
  "hollo-to-gotosocial-undo-follow": unfollowed,
  "hollo-to-gotosocial-undo-like": { after: ["hollo-to-gotosocial-like"], ...said("me: what I wrote") },
  "hollo-to-snac-accept-follow": { answer: "202 never_asked" },
  "hollo-to-snac-dm-create-rejected403": unwelcome,
  "hollo-to-snac-dm-create": said("they: blocked-hk1hke"),
  "hollo-to-snac-dm-reply": said("me: what I wrote", "they: reply-hk1hke (to me)"),
  "hollo-to-snac-emojireact": said("me: what I wrote [🔥]"),
};

test.each(Object.entries(received))("%s", async (name, expected) => {
  const { after = [], isBlocked = false, answer, sees } = expected;
  const replay = await Replay.start(home, await newcomer());
  try {
    for (const each of [...after, name]) await replay.prepare(each);
    for (const each of after) expect(await replay.send(each)).toBe("202 accepted");
    if (isBlocked) await replay.block();
    const [before, seenBefore] = [await stateHash(home.databaseUrl), await replay.seen()];
    expect(await replay.send(name)).toBe(answer);
    expect(await replay.seen()).toEqual(sees ?? seenBefore);
    const once = await stateHash(home.databaseUrl);
    expect(once === before).toBe(sees === undefined);
    // Whatever it was, the same once more changes nothing.
    expect(await replay.send(name)).toBe(answer);
    expect(await stateHash(home.databaseUrl)).toBe(once);
  } finally {
    await replay.close();
  }
});

/** Answers to a GET, and what reads them. */
const answers: Readonly<Record<string, string>> = {
  "get-gotosocial-hollo_hugo": "src/federation/captured-answers.test.ts",
  "get-hollo-gts_users_bob": "src/federation/verify-captured.test.ts",
  "gts-mainkey-stub": "test/helpers/captured-sender.ts",
  "gts-nodeinfo20": "src/federation/captured-answers.test.ts",
  "gts-nodeinfo": "src/federation/captured-answers.test.ts",
  "gts-nodeinfo-links": "src/federation/captured-answers.test.ts",
  "gts-webfinger": "src/federation/captured-answers.test.ts",
  "hollo-actor": "test/helpers/captured-sender.ts",
  "hollo-nodeinfo": "src/federation/captured-answers.test.ts",
  "hollo-nodeinfo-links": "src/federation/captured-answers.test.ts",
  "hollo-webfinger": "src/federation/captured-answers.test.ts",
};

test("every capture has its expectation", () => {
  const folder = new URL("../../test/fixtures/federation/", import.meta.url);
  const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
  expect(names.toSorted()).toEqual([...Object.keys(received), ...Object.keys(answers)].toSorted());
});

test.each(Object.entries(answers))("%s is read in %s", (name, path) => {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  expect(text).toContain(`"${name}"`);
});
