import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import {
  deletePasskey,
  findPasskeys,
  insertPasskey,
  type PasskeyRow,
  renamePasskeyRow,
} from "#db/factors.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import { audit } from "../audit.ts";
import type { Context } from "../context.ts";
import { endIssued } from "../issuers/ended.ts";
import { forgetBearers } from "../known-bearers.ts";
import { readPerson } from "../people.ts";
import { openTicket, takeTicket } from "../tickets.ts";
import { transact } from "../transact.ts";
import { relyingParty } from "./passkey-proof.ts";
import { codesForFirst, dropCodesAfterLast } from "./recovery.ts";
import type { Changer } from "./totp.ts";

export type { PasskeyRow };
export type NewPasskey = RegistrationResponseJSON;

/** Seconds in which a passkey is made. */
const SECONDS = 5 * 60;
/** Passkeys of one person. */
const MOST = 20;
const NAME_LENGTH = 100;
/** Ed25519, ES256 and RS256 (RFC 9053, RFC 8812): between them, every authenticator there is. */
const ALGORITHMS = [-8, -7, -257];

/** Asks somebody's browser for a passkey that knows whose it is, and makes sure of its user. Refuses `too_many_passkeys`. */
export async function beginPasskey(
  ctx: Context,
  personId: PersonId,
): Promise<{ ticket: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const [person, passkeys] = await Promise.all([readPerson(ctx, personId), findPasskeys(ctx.db, personId)]);
  if (passkeys.length >= MOST) throw new Refusal("too_many_passkeys");
  const options = await generateRegistrationOptions({
    rpName: ctx.settings.host,
    rpID: relyingParty(ctx),
    userName: person.handle,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(personId)),
    excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  const { challenge } = options;
  const opened = { purpose: "passkey-add", seconds: SECONDS, personId, data: { challenge } } as const;
  return { ticket: await openTicket(ctx, ctx.db, opened), options };
}

/** Keeps a passkey that was made. Answers recovery codes if it is the first factor, else null. Refuses `wrong_passkey`. */
export async function finishPasskey(
  ctx: Context,
  input: Changer & { ticket: string; passkey: NewPasskey; name: string },
): Promise<{ passkey: PasskeyRow; codes: string[] | null }> {
  const { personId, address, ticket: secret, name } = input;
  checkName(name);
  const made = await transact(ctx, async (tx) => {
    const ticket = await takeTicket(ctx, tx, { secret, purpose: "passkey-add" });
    if (ticket.personId !== personId) throw new Refusal("ticket_invalid", { field: "ticket" });
    const { challenge } = ticket.data as { challenge: string };
    const verified = await verify(ctx, input.passkey, challenge);
    if (verified === null) throw new Refusal("wrong_passkey", { field: "passkey" });
    const { credential, credentialBackedUp: backedUp } = verified;
    const passkey = {
      id: credential.id,
      personId,
      publicKey: credential.publicKey,
      signCount: credential.counter,
      transports: (credential.transports ?? []).slice(0, 10),
      backedUp,
      name,
      createdAt: ctx.now(),
      usedAt: null,
    };
    if (!(await insertPasskey(tx, passkey))) throw new Refusal("wrong_passkey", { field: "passkey" });
    const details = { factor: "passkey" as const };
    await audit(ctx, tx, { action: "factor.added", actorId: personId, personId, details, address });
    // A token of an issuer cannot take the second step that is asked for from now on.
    await endIssued(ctx, tx, { personId, isByToken: true });
    return { passkey, codes: await codesForFirst(ctx, tx, { personId, address }) };
  });
  forgetBearers(ctx);
  return made;
}

/** Gives a passkey another name. Refuses an unknown one as a foreign one. */
export async function renamePasskey(
  ctx: Context,
  input: { personId: PersonId; id: string; name: string },
): Promise<PasskeyRow> {
  checkName(input.name);
  const row = await renamePasskeyRow(ctx.db, input);
  if (row === null) throw new Refusal("not_found");
  return row;
}

/** Takes a passkey away. Refuses an unknown one as a foreign one. */
export async function removePasskey(
  ctx: Context,
  { personId, address, id, by = personId }: Changer & { id: string },
): Promise<void> {
  await transact(ctx, async (tx) => {
    if (!(await deletePasskey(tx, { personId, id }))) throw new Refusal("not_found");
    const details = { factor: "passkey" as const };
    await audit(ctx, tx, { action: "factor.removed", actorId: by, personId, details, address });
    await dropCodesAfterLast(tx, personId);
  });
}

function checkName(name: string): void {
  if (name.length > NAME_LENGTH) throw new Refusal("too_long", { field: "name" });
}

async function verify(ctx: Context, response: NewPasskey, expectedChallenge: string) {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: ctx.settings.origin,
      expectedRPID: relyingParty(ctx),
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return verified ? registrationInfo : null;
  } catch (error) {
    // The library throws at whatever is wrong with an answer, which is the client's to make up.
    log("domain").debug("a new passkey was refused", { error });
    return null;
  }
}
