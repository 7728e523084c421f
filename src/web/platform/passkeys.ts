import type { PasskeyOptions } from "#protocol/sign-in.ts";

/** Whether this browser can ask for passkeys in the way that the server speaks of them (Web Authentication Level 3). */
export function knowsPasskeys(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Asks the browser for a passkey; null when none was given. */
export async function provePasskey(options: PasskeyOptions): Promise<unknown> {
  const request = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request);
  try {
    const credential = await navigator.credentials.get({ publicKey });
    return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
  } catch (error) {
    // Who closes the window of the browser, or has no passkey there, has given none.
    if (error instanceof DOMException && error.name === "NotAllowedError") return null;
    throw error;
  }
}
