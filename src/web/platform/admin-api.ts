import type { AuditAction } from "#lib/audit-action.ts";
import type { Door } from "#lib/door.ts";
import type { Registration } from "#lib/registration.ts";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";
import type {
  AdminOverview,
  AdminPeoplePage,
  AdminPerson,
  AdminRoles,
  AdminSettings,
  AuditPage,
  IpRule,
  IpRuleList,
  ServerRule,
  ServerRuleList,
} from "#protocol/admin.ts";
import type { Issuer, IssuerList } from "#protocol/issuers.ts";
import type { SessionList } from "#protocol/sessions.ts";
import type { ResetLink, SignUpCode, SignUpCodePage, SignUpRequestPage } from "#protocol/sign-up.ts";
import { query, type Request, root } from "./api.ts";

/** What is decided about a network. */
interface NewIpRule extends Pick<IpRule, "network" | "verdict" | "note" | "expiresAt"> {
  doors: Door[];
}

/** How many of a list are asked for at once. */
const PAGE = 50;

const office = `${root}/admin`;

/** The part of the API that is about running the server; it comes with its pages. */
export class AdminApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  overview = (): Promise<AdminOverview> => this.#request("GET", `${office}/overview`);

  people = (q: string, after: string | null): Promise<AdminPeoplePage> =>
    this.#request("GET", `${office}/people${query({ q, after, limit: PAGE })}`);

  giveRole = (id: string, role: ServerRole): Promise<AdminPerson> =>
    this.#request("PATCH", personPath(id), { role });

  setState = (id: string, state: "active" | "suspended"): Promise<AdminPerson> =>
    this.#request("PATCH", personPath(id), { state });

  makeResetLink = (id: string): Promise<ResetLink> => this.#request("POST", `${personPath(id)}/reset-link`);

  sessions = (id: string): Promise<SessionList> => this.#request("GET", `${personPath(id)}/sessions`);

  endSession = (id: string, session: string): Promise<void> =>
    this.#request("DELETE", `${personPath(id)}/sessions/${session}`);

  requests = (after: string | null): Promise<SignUpRequestPage> =>
    this.#request("GET", `${office}/sign-up-requests${query({ after, limit: PAGE })}`);

  decideRequest = (id: string, answer: "approve" | "reject"): Promise<unknown> =>
    this.#request("POST", `${office}/sign-up-requests/${id}/${answer}`);

  codes = (before: string | null): Promise<SignUpCodePage> =>
    this.#request("GET", `${office}/sign-up-codes${query({ before, limit: PAGE })}`);

  makeCode = (code: Pick<SignUpCode, "uses" | "expiresAt" | "note">): Promise<SignUpCode> =>
    this.#request("POST", `${office}/sign-up-codes`, code);

  revokeCode = (id: string): Promise<void> => this.#request("DELETE", `${office}/sign-up-codes/${id}`);

  roles = (): Promise<AdminRoles> => this.#request("GET", `${office}/roles`);

  setPermissions = (role: ServerRole, permissions: readonly ServerPermission[]): Promise<AdminRoles> =>
    this.#request("PUT", `${office}/roles`, { role, permissions });

  ipRules = (): Promise<IpRuleList> => this.#request("GET", `${office}/ip-rules`);

  makeIpRule = (rule: NewIpRule): Promise<IpRule> => this.#request("POST", `${office}/ip-rules`, rule);

  removeIpRule = (id: string): Promise<void> => this.#request("DELETE", `${office}/ip-rules/${id}`);

  servers = (): Promise<ServerRuleList> => this.#request("GET", `${office}/servers`);

  decideServer = (host: string, decision: Pick<ServerRule, "level" | "note">): Promise<ServerRule> =>
    this.#request("PUT", `${office}/servers/${encodeURIComponent(host)}`, decision);

  forgetServer = (host: string): Promise<void> =>
    this.#request("DELETE", `${office}/servers/${encodeURIComponent(host)}`);

  settings = (): Promise<AdminSettings> => this.#request("GET", `${office}/settings`);

  setRegistration = (registration: Registration): Promise<AdminSettings> =>
    this.#request("PATCH", `${office}/settings`, { registration });

  audit = (
    { action, handle }: { action: AuditAction | null; handle: string | null },
    after: string | null,
  ): Promise<AuditPage> =>
    this.#request("GET", `${office}/audit${query({ action, handle, after, limit: PAGE })}`);

  issuers = (): Promise<IssuerList> => this.#request("GET", `${office}/issuers`);

  addIssuer = (issuer: object): Promise<Issuer> => this.#request("POST", `${office}/issuers`, issuer);

  changeIssuer = (id: string, change: object): Promise<Issuer> =>
    this.#request("PATCH", `${office}/issuers/${id}`, change);

  removeIssuer = (id: string): Promise<void> => this.#request("DELETE", `${office}/issuers/${id}`);
}

function personPath(id: string): string {
  return `${office}/people/${id}`;
}
