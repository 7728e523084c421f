import type { AllowedApp, AllowedAppList } from "#protocol/apps.ts";
import type { Session, SessionList } from "#protocol/sessions.ts";
import { type Request, root } from "./api.ts";

const sessions = `${root}/me/sessions`;
const apps = `${root}/me/apps`;

/** The part of the chat API that says where one is signed in; it comes with what shows it. */
export class SessionsApi {
  readonly #request: Request;

  constructor({ request }: { request: Request }) {
    this.#request = request;
  }

  async places(): Promise<{ sessions: Session[]; apps: AllowedApp[] }> {
    const [signedIn, allowed] = await Promise.all([
      this.#request<SessionList>("GET", sessions),
      this.#request<AllowedAppList>("GET", apps),
    ]);
    return { ...signedIn, ...allowed };
  }

  rename = (id: string, name: string): Promise<void> => this.#request("PATCH", `${sessions}/${id}`, { name });

  end = (id: string): Promise<void> => this.#request("DELETE", `${sessions}/${id}`);

  endOthers = (): Promise<void> => this.#request("DELETE", sessions);

  removeApp = (id: string): Promise<void> => this.#request("DELETE", `${apps}/${id}`);
}
