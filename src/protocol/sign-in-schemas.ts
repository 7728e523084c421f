import { z } from "zod";
import { count, date } from "./schemas.ts";
import * as signIn from "./sign-in.ts";

/** Schemas of what travels while somebody shows who they are. */

const passkeyOptions = z.record(z.string(), z.unknown());

export const secondStepSchema = z
  .object({
    ticket: z.string(),
    factors: z.array(z.enum(signIn.factors)),
    passkey: passkeyOptions.nullable(),
    endsAt: date.nullable(),
  })
  .meta({ id: "SecondStep" }) satisfies z.ZodType<signIn.SecondStep>;

export const passkeyChallengeSchema = z
  .object({ ticket: z.string(), options: passkeyOptions })
  .meta({ id: "PasskeyChallenge" }) satisfies z.ZodType<signIn.PasskeyChallenge>;

export const confirmableSchema = z
  .object({ ways: z.array(z.enum(signIn.waysToConfirm)) })
  .meta({ id: "Confirmable" }) satisfies z.ZodType<signIn.Confirmable>;

export const confirmedSchema = z
  .object({ ticket: z.string(), expiresIn: count })
  .meta({ id: "Confirmed" }) satisfies z.ZodType<signIn.Confirmed>;

export const totpStateSchema = z
  .object({ active: z.boolean(), codesLeft: count })
  .meta({ id: "TotpState" }) satisfies z.ZodType<signIn.TotpState>;

export const newTotpSchema = z
  .object({ secret: z.string(), uri: z.string() })
  .meta({ id: "NewTotp" }) satisfies z.ZodType<signIn.NewTotp>;

export const recoveryCodesSchema = z
  .object({ codes: z.array(z.string()).nullable() })
  .meta({ id: "RecoveryCodes" }) satisfies z.ZodType<signIn.RecoveryCodes>;

export const passkeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    backedUp: z.boolean(),
    createdAt: date,
    usedAt: date.nullable(),
  })
  .meta({ id: "Passkey" }) satisfies z.ZodType<signIn.Passkey>;

export const passkeyListSchema = z
  .object({ passkeys: z.array(passkeySchema) })
  .meta({ id: "PasskeyList" }) satisfies z.ZodType<signIn.PasskeyList>;

export const passkeyAddedSchema = z
  .object({ passkey: passkeySchema, codes: z.array(z.string()).nullable() })
  .meta({ id: "PasskeyAdded" }) satisfies z.ZodType<signIn.PasskeyAdded>;
