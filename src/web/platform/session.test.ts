import { expect, test } from "vitest";
import type { SignedIn } from "#protocol/api.ts";
import { ApiFailure, type Http, type HttpRequest, Unreachable } from "./http.ts";
import { Session } from "./session.ts";

const person = {
  id: "p",
  kind: "person" as const,
  state: "active" as const,
  formerly: null,
  movedTo: null,
  handle: "ann",
  host: null,
  address: "@ann@a.example",
  name: "Ann",
  profileUrl: "",
};

interface Scene {
  session: Session;
  requests: HttpRequest[];
  clock: { now: number };
  kept: { signedIn: boolean };
}

/** A session on a scripted server: each path answers with what `answers` makes. */
function scene(answers: Record<string, (request: HttpRequest) => unknown>): Scene {
  const requests: HttpRequest[] = [];
  const clock = { now: 0 };
  const kept = { signedIn: true };
  const http = (async (request: HttpRequest) => {
    requests.push(request);
    return answers[request.path]?.(request);
  }) as Http;
  const session = new Session({
    http,
    exclusively: (task) => task(),
    now: () => clock.now,
    remembered: () => kept.signedIn,
    remember: (signedIn) => (kept.signedIn = signedIn),
  });
  return { session, requests, clock, kept };
}

function tokens(): () => SignedIn {
  let count = 0;
  return () => ({ accessToken: `t${++count}`, expiresIn: 900, person });
}

const refuse =
  (status: number, error = "unauthorized") =>
  () => {
    throw new ApiFailure(status, { error, message: "" });
  };

test("who was never here is not asked for, and gets the door", async () => {
  const { session, requests, kept } = scene({});
  kept.signedIn = false;
  await session.resume();
  expect(session.phase.value).toBe("out");
  expect(requests).toEqual([]);
});

test("many who need a token share one refresh", async () => {
  const { session, requests } = scene({ "/auth/refresh": tokens() });
  const got = await Promise.all([session.token(), session.token(), session.token()]);
  expect(got).toEqual(["t1", "t1", "t1"]);
  expect(requests).toHaveLength(1);
});

test("a token is renewed before it runs out", async () => {
  const { session, clock } = scene({ "/auth/refresh": tokens() });
  await session.resume();
  clock.now = 800_000;
  expect(await session.token()).toBe("t1");
  clock.now = 880_000;
  expect(await session.token()).toBe("t2");
});

test("a request whose token was revoked is repeated once with a new one", async () => {
  const seen: (string | undefined)[] = [];
  const { session } = scene({
    "/auth/refresh": tokens(),
    "/x": ({ token }) => {
      seen.push(token);
      return token === "t1" ? refuse(401)() : "answer";
    },
  });
  expect(await session.request("GET", "/x")).toBe("answer");
  expect(seen).toEqual(["t1", "t2"]);
});

test.each([
  ["session_ended", "was ended is over, and nothing of it stays"],
  ["unauthorized", "ran out is over, and what was not sent stays for who signs in again"],
])("%s: a session that %s", async (code) => {
  let revoked = false;
  let forgotten = 0;
  const fresh = tokens();
  const { session, kept } = scene({
    "/auth/refresh": () => (revoked ? refuse(401, code)() : fresh()),
    "/x": refuse(401),
  });
  session.onForget = () => (forgotten += 1);
  await session.resume();
  revoked = true;
  await expect(session.request("GET", "/x")).rejects.toThrow(ApiFailure);
  expect(session.phase.value).toBe("ended");
  expect(kept.signedIn).toBe(false);
  expect(forgotten).toBe(code === "session_ended" ? 1 : 0);
  // Something that was under way asks once more: the page goes on saying that the session has ended.
  await expect(session.request("GET", "/x")).rejects.toThrow(ApiFailure);
  expect(session.phase.value).toBe("ended");
  expect(forgotten).toBe(code === "session_ended" ? 1 : 0);
});

test("a server out of reach ends no session", async () => {
  const { session, kept } = scene({
    "/auth/refresh": () => {
      throw new Unreachable("down");
    },
  });
  await expect(session.resume()).rejects.toThrow(Unreachable);
  expect(session.phase.value).toBe("starting");
  expect(kept.signedIn).toBe(true);
});
