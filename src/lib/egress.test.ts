import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HostilePeer } from "../../test/hostile-peer.ts";
import { createEgress, type Egress, type EgressOptions } from "./egress.ts";
import { EgressError } from "./egress-error.ts";

let peer: HostilePeer;
let egress: Egress;

beforeEach(async () => {
  peer = await HostilePeer.start();
  egress = open();
});

afterEach(async () => {
  await egress.close();
  await peer.close();
});

function open(options: Partial<EgressOptions> = {}): Egress {
  return createEgress({ allowPrivateAddresses: [peer.host], userAgent: "test/1", ...options });
}

async function reason(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "answered";
  } catch (error) {
    if (error instanceof EgressError) return error.reason;
    throw error;
  }
}

describe("an answer", () => {
  test("comes with status, headers, final address and bytes, whatever the status", async () => {
    peer.answer("/x?y=1", (_request, response) => {
      response.writeHead(418, { "x-one": "1", "set-cookie": ["a=1", "b=2"] }).end("short and stout");
    });
    const answer = await egress.fetch(peer.url("/x?y=1"), { headers: { accept: "text/plain" } });
    expect(answer.status).toBe(418);
    expect(answer.headers.get("x-one")).toBe("1");
    expect(answer.finalUrl).toBe(peer.url("/x?y=1"));
    expect(Buffer.from(answer.body).toString()).toBe("short and stout");
    expect(peer.requests[0]?.headers).toMatchObject({ "user-agent": "test/1", accept: "text/plain" });
    expect(peer.requests[0]?.headers).not.toHaveProperty("cookie");
  });

  test("to a POST gets the body byte for byte and over a kept connection", async () => {
    peer.answer("/inbox", (_request, response) => void response.writeHead(202).end());
    for (const body of ["one é", Buffer.from([0, 255, 10])]) {
      const answer = await egress.fetch(peer.url("/inbox"), { method: "POST", body });
      expect(answer.status).toBe(202);
    }
    expect(peer.requests.map((request) => request.body)).toEqual([
      Buffer.from("one é"),
      Buffer.from([0, 255, 10]),
    ]);
    for (let n = 0; n < 10; n += 1) await egress.fetch(peer.url("/inbox"), { method: "POST", body: "x" });
    expect(peer.connections).toBeLessThan(4);
  });

  test.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["identity", (bytes: Buffer) => bytes],
  ] as const)("in %s is unpacked", async (coding, pack) => {
    peer.answer("/", (_request, response) => {
      response.writeHead(200, { "content-encoding": coding }).end(pack(Buffer.from("hello")));
    });
    const answer = await egress.fetch(peer.url("/"));
    expect(Buffer.from(answer.body).toString()).toBe("hello");
  });
});

describe("an answer that is no answer", () => {
  test("endless: ends at the limit", async () => {
    peer.answer("/", (_request, response) => {
      const push = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 97))) continue;
        response.once("drain", push);
      };
      push();
    });
    expect(await reason(egress.fetch(peer.url("/"), { maxBytes: 100_000 }))).toBe("too_large");
  });

  test("a bomb: 50 MB of zeros in 50 kB of gzip end at the limit, not in memory", async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    peer.answer("/", (_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const before = process.memoryUsage().rss;
    expect(await reason(egress.fetch(peer.url("/")))).toBe("too_large");
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024);
  });

  test.each(["zstd", "gzip, gzip", "nonsense"])("content-encoding %s is refused", async (coding) => {
    peer.answer("/", (_request, response) => {
      response.writeHead(200, { "content-encoding": coding }).end("x");
    });
    expect(await reason(egress.fetch(peer.url("/")))).toBe("answer_refused");
  });

  test("gzip that is not gzip is refused", async () => {
    peer.answer("/", (_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip at all");
    });
    expect(await reason(egress.fetch(peer.url("/")))).toBe("answer_refused");
  });

  test.each([
    ["silence", ""],
    ["headers that never end", "HTTP/1.1 200 OK\r\nx: 1\r\n"],
    ["one byte and then nothing", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nh"],
  ])("%s: ends at the time limit", async (_name, start) => {
    peer.answer("/", (_request, response) => void response.socket?.write(start));
    const began = performance.now();
    expect(await reason(egress.fetch(peer.url("/"), { timeoutMs: 150 }))).toBe("timeout");
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("no HTTP at all, or too much of a header, is refused", async () => {
    peer.answer("/a", (_request, response) => void response.socket?.end("SSH-2.0-x\r\n\r\n"));
    peer.answer("/b", (_request, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`);
    });
    expect(await reason(egress.fetch(peer.url("/a")))).toBe("answer_refused");
    expect(await reason(egress.fetch(peer.url("/b")))).toBe("answer_refused");
  });

  test("a cut connection and a closed port are the network's fault, and temporary", async () => {
    peer.answer("/", (_request, response) => void response.socket?.destroy());
    expect(await reason(egress.fetch(peer.url("/")))).toBe("network");
    await peer.close();
    await expect(egress.fetch(peer.url("/"))).rejects.toMatchObject({ reason: "network", temporary: true });
    peer = await HostilePeer.start();
  });
});

describe("redirects", () => {
  test("three are followed, a fourth is not", async () => {
    for (const [from, to] of ["ab", "bc", "cd", "de"]) peer.redirect(`/${from}`, `/${to}`);
    peer.document("/e", {});
    expect((await egress.fetch(peer.url("/b"))).finalUrl).toBe(peer.url("/e"));
    expect(await reason(egress.fetch(peer.url("/a")))).toBe("redirect_refused");
  });

  test("a loop ends", async () => {
    peer.redirect("/a", "/a");
    expect(await reason(egress.fetch(peer.url("/a")))).toBe("redirect_refused");
    expect(peer.requests).toHaveLength(4);
  });

  test.each([
    "https://127.0.0.1/",
    "http://b.example/",
    "https://b.example:22/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "https://user:pw@b.example/",
    "http://[",
  ])("to %s is refused", async (target) => {
    peer.redirect("/a", target);
    expect(await reason(egress.fetch(peer.url("/a")))).toBe("redirect_refused");
  });

  test("to another port of loopback opens no connection there", async () => {
    const trap = await HostilePeer.start();
    peer.redirect("/a", trap.url("/"));
    expect(await reason(egress.fetch(peer.url("/a")))).toBe("redirect_refused");
    expect(trap.connections).toBe(0);
    await trap.close();
  });

  test("of a POST are not followed", async () => {
    peer.redirect("/a", "/b", 307);
    expect(await reason(egress.fetch(peer.url("/a"), { method: "POST", body: "x" }))).toBe(
      "redirect_refused",
    );
    expect(peer.requests).toHaveLength(1);
  });

  test("ask for the headers of each hop anew", async () => {
    peer.redirect("/a", "/b");
    peer.document("/b", {});
    await egress.fetch(peer.url("/a"), { headers: (url) => Promise.resolve({ "x-for": url.pathname }) });
    expect(peer.requests.map((request) => request.headers["x-for"])).toEqual(["/a", "/b"]);
  });
});

describe("names", () => {
  test.each([
    ["a private address", ["127.0.0.1"]],
    ["a private address beside a public one", ["1.1.1.1", "::1"]],
    ["an address inside an address", ["64:ff9b::7f00:1"]],
  ])("that resolve to %s are refused at connect time, with no connection", async (_name, addresses) => {
    await egress.close();
    egress = open({ resolve: () => Promise.resolve(addresses) });
    await expect(egress.fetch("https://rebind.example/")).rejects.toMatchObject({
      reason: "address_refused",
      temporary: false,
    });
    expect(peer.connections).toBe(0);
  });

  test("that do not resolve are a temporary fault of the network", async () => {
    await egress.close();
    egress = open({ resolve: () => Promise.resolve([]) });
    await expect(egress.fetch("https://gone.example/")).rejects.toMatchObject({ reason: "network" });
  });
});

test("at most two GETs of one host are under way, and the others wait within their own time", async () => {
  let now = 0;
  let most = 0;
  peer.answer("/slow", async (_request, response) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    now -= 1;
    response.end("x");
  });
  peer.answer("/never", () => {});
  await Promise.all(Array.from({ length: 8 }, () => egress.fetch(peer.url("/slow"))));
  expect(most).toBe(2);
  const stuck = [1, 2, 3].map(() => reason(egress.fetch(peer.url("/never"), { timeoutMs: 100 })));
  expect(await Promise.all(stuck)).toEqual(["timeout", "timeout", "timeout"]);
  expect(peer.requestsFor("/never")).toHaveLength(2);
});

test("after closing, what is under way and what comes later end as closed", async () => {
  peer.answer("/", () => {});
  const underWay = reason(egress.fetch(peer.url("/")));
  await expect.poll(() => peer.requests.length).toBe(1);
  await egress.close();
  expect(await underWay).toBe("closed");
  expect(await reason(egress.fetch(peer.url("/")))).toBe("closed");
});

test("a fault of the caller is not mistaken for one of the network", async () => {
  const headers = (): Promise<never> => Promise.reject(new TypeError("bad key"));
  await expect(egress.fetch(peer.url("/"), { headers })).rejects.toThrow(TypeError);
  await expect(egress.fetch(peer.url("/"), { headers: { "x y": "1" } })).rejects.toThrow(/header/);
});

test("no other file of the server reaches the network by itself", () => {
  const root = join(import.meta.dirname, "..");
  const ways =
    /\bfrom "(?:undici|node:dns|node:dns\/promises)"|(?:await|return|void|[=>(,?:])\s*fetch\(|\bhttps?\.(?:request|get)\(/;
  const found = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/\.test\.ts$|^web\/|^lib\/egress/.test(path))
    .filter((path) =>
      ways.test(readFileSync(join(root, path), "utf8").replaceAll(/^\s*(?:\*|\/\/).*$/gm, "")),
    );
  expect(found).toEqual([]);
});
