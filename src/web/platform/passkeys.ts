import type { PasskeyOptions } from "#protocol/sign-in.ts";

/** Whether this browser can ask for passkeys in the way that the server speaks of them (Web Authentication Level 3). */
export function knowsPasskeys(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Asks the browser for a passkey; null when none was given. */
export async function provePasskey(options: PasskeyOptions): Promise<unknown> {
  const request = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request);
  return await given(() => navigator.credentials.get({ publicKey }));
}

/** Has the browser make a passkey; null when none was made. */
export async function makePasskey(options: PasskeyOptions): Promise<unknown> {
  const request = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(request);
  return await given(() => navigator.credentials.create({ publicKey }));
}

async function given(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
  } catch (error) {
    // Who closes the window of the browser, or has no passkey there, has given none; one that is there already is not made again.
    if (error instanceof DOMException && ["NotAllowedError", "InvalidStateError"].includes(error.name))
      return null;
    throw error;
  }
}
