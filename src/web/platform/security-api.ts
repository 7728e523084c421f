import type {
  Confirmable,
  NewTotp,
  Passkey,
  PasskeyAdded,
  PasskeyChallenge,
  PasskeyList,
  RecoveryCodes,
  TotpState,
} from "#protocol/sign-in.ts";
import type { Email } from "#protocol/sign-up.ts";
import { type Request, root } from "./api.ts";

/** By what somebody signs in, and where they are reached. */
export interface Standing {
  hasPassword: boolean;
  totp: TotpState;
  passkeys: readonly Passkey[];
  email: Email;
}

const me = `${root}/me`;

/** The part of the chat API by which one looks after one's own account; it comes with what shows it. */
export class SecurityApi {
  readonly #request: Request;

  constructor({ request }: { request: Request }) {
    this.#request = request;
  }

  async standing(): Promise<Standing> {
    const [{ ways }, totp, { passkeys }, email] = await Promise.all([
      this.#request<Confirmable>("GET", `${me}/confirm`),
      this.#request<TotpState>("GET", `${me}/totp`),
      this.#request<PasskeyList>("GET", `${me}/passkeys`),
      this.#request<Email>("GET", `${me}/email`),
    ]);
    return { hasPassword: ways.includes("password"), totp, passkeys, email };
  }

  choosePassword = (password: string): Promise<void> => this.#request("PUT", `${me}/password`, { password });

  chooseEmail = (email: string | null): Promise<unknown> => this.#request("PUT", `${me}/email`, { email });

  beginTotp = (): Promise<NewTotp> => this.#request("POST", `${me}/totp`);

  confirmTotp = (code: string): Promise<RecoveryCodes> =>
    this.#request("POST", `${me}/totp/confirm`, { code });

  removeTotp = (): Promise<void> => this.#request("DELETE", `${me}/totp`);

  makeRecoveryCodes = (): Promise<RecoveryCodes> => this.#request("POST", `${me}/recovery-codes`);

  beginPasskey = (): Promise<PasskeyChallenge> => this.#request("POST", `${me}/passkeys/begin`);

  finishPasskey = (made: { ticket: string; passkey: unknown; name: string }): Promise<PasskeyAdded> =>
    this.#request("POST", `${me}/passkeys/finish`, made);

  renamePasskey = (id: string, name: string): Promise<Passkey> =>
    this.#request("PATCH", `${me}/passkeys/${id}`, { name });

  removePasskey = (id: string): Promise<void> => this.#request("DELETE", `${me}/passkeys/${id}`);
}
