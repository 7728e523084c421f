import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";
import { onTestFinished } from "vitest";

export interface ProviderPerson {
  preferred_username?: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
}

/** A real OpenID Connect provider on loopback, whose pages let in everybody who types how they are known. */
export interface TestProvider {
  readonly uri: string;
  /** `host:port`, for whoever asks it. */
  readonly peer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it says of people, by what they type, which is how it knows them. */
  readonly people: Map<string, ProviderPerson>;
  /** Goes through its pages as somebody's browser does, from the address there to the one that leads back. */
  visit(url: string, login: string): Promise<string>;
}

export interface ProviderOptions {
  /** Where it leads people back to. */
  redirectUris: readonly string[];
  /** Where it listens; any free port by default. */
  port?: number;
  /** Beyond what is usual. */
  configuration?: Configuration;
}

const clientId = "luciole";
const clientSecret = "a secret of the client and nobody else";

/** Starts a provider; it ends with the test. */
export async function startProvider({
  redirectUris,
  port = 0,
  configuration,
}: ProviderOptions): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  onTestFinished(async () => await close(server));
  const address = server.address();
  const peer = `localhost:${typeof address === "object" ? address?.port : 0}`;
  const uri = `http://${peer}`;
  const people = new Map<string, ProviderPerson>();
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(uri, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [...redirectUris] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), use: "sig" }] },
    cookies: { keys: [crypto.randomUUID()] },
    claims: { openid: ["sub"], profile: ["preferred_username", "name"], email: ["email", "email_verified"] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, login) => {
      const person = people.get(login) ?? { preferred_username: login };
      return { accountId: login, claims: () => Promise.resolve({ sub: login, ...person }) };
    },
    ...configuration,
  });
  server.on("request", (request, response) => void provider.callback()(request, response));
  return { uri, peer, clientId, clientSecret, people, visit };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Follows pages and fills in their forms until an address is not of the provider any more. */
async function visit(start: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  const { origin } = new URL(start);
  let request: { url: string; body?: URLSearchParams } = { url: start };
  for (let steps = 0; steps < 20; steps += 1) {
    const { url, body } = request;
    if (new URL(url).origin !== origin) return url;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie },
      ...(body !== undefined && { method: "POST", body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    request =
      location === null
        ? fillIn(await response.text(), { url, login })
        : { url: new URL(location, url).href };
  }
  throw new Error("a provider leads nowhere");
}

function fillIn(page: string, { url, login }: { url: string; login: string }) {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (action === undefined || prompt === undefined)
    throw new Error(`a page without a form: ${page.slice(0, 2_000)}`);
  return { url: new URL(action, url).href, body: new URLSearchParams({ prompt, login, password: "any" }) };
}
