import { Note, Person } from "@fedify/vocab";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bundledContexts } from "./contexts.ts";

const options = { contextLoader: bundledContexts, documentLoader: bundledContexts };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("contexts that real servers name are bundled", () => {
  test.each([
    "https://www.w3.org/ns/activitystreams",
    "https://www.w3.org/ns/activitystreams#",
    "https://w3id.org/security/v1",
    "https://w3id.org/identity/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/multikey/v1",
    "https://www.w3.org/ns/did/v1",
    "https://gotosocial.org/ns",
    "https://join-lemmy.org/context.json",
    "https://pleroma.example/schemas/litepub-0.1.jsonld",
  ])("%s", async (url) => {
    const { document } = await bundledContexts(url);
    expect(JSON.stringify(document).length).toBeGreaterThan(100);
  });
});

test.each([
  "https://evil.example/context",
  "http://169.254.169.254/",
  "constructor",
  "__proto__",
  "",
  "file:///etc/passwd",
])("an unknown context (%j) is empty", async (url) => {
  expect((await bundledContexts(url)).document).toEqual({ "@context": {} });
});

test("a document with a remote context and one that redefines terms is read without any request", async () => {
  const network = vi.fn<typeof fetch>(() => Promise.reject(new Error("a request was made")));
  vi.stubGlobal("fetch", network);
  const note = await Note.fromJsonLd(
    {
      "@context": [
        "https://www.w3.org/ns/activitystreams",
        "https://evil.example/context",
        { conversation: "http://ostatus.org#conversation" },
      ],
      type: "Note",
      id: "https://b.example/1",
      content: "hello",
    },
    options,
  );
  expect(note.content).toBe("hello");
  expect(network).not.toHaveBeenCalled();
});

test("an actor of Pleroma keeps its key", async () => {
  const person = await Person.fromJsonLd(
    {
      "@context": [
        "https://www.w3.org/ns/activitystreams",
        "https://pleroma.example/schemas/litepub-0.1.jsonld",
        { "@language": "und" },
      ],
      type: "Person",
      id: "https://pleroma.example/users/a",
      publicKey: {
        id: "https://pleroma.example/users/a#main-key",
        owner: "https://pleroma.example/users/a",
      },
    },
    options,
  );
  expect(person.publicKeyId?.href).toBe("https://pleroma.example/users/a#main-key");
});
