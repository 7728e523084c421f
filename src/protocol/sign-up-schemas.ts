import { z } from "zod";
import { count, date, id } from "./schemas.ts";
import type * as signUp from "./sign-up.ts";

export const signUpWaitingSchema = z
  .object({ state: z.literal("waiting") })
  .meta({ id: "SignUpWaiting" }) satisfies z.ZodType<signUp.SignUpWaiting>;

export const signUpCodeSchema = z
  .object({
    id,
    code: z.string(),
    url: z.string(),
    uses: count.nullable(),
    used: count,
    expiresAt: date.nullable(),
    revokedAt: date.nullable(),
    note: z.string(),
    createdBy: id.nullable(),
    createdAt: date,
  })
  .meta({ id: "SignUpCode" }) satisfies z.ZodType<signUp.SignUpCode>;

export const signUpCodePageSchema = z
  .object({ codes: z.array(signUpCodeSchema), next: id.nullable() })
  .meta({ id: "SignUpCodePage" }) satisfies z.ZodType<signUp.SignUpCodePage>;

const signUpRequestSchema = z
  .object({ id, handle: z.string(), email: z.string().nullable(), reason: z.string(), createdAt: date })
  .meta({ id: "SignUpRequest" }) satisfies z.ZodType<signUp.SignUpRequest>;

export const signUpRequestPageSchema = z
  .object({ requests: z.array(signUpRequestSchema), next: id.nullable() })
  .meta({ id: "SignUpRequestPage" }) satisfies z.ZodType<signUp.SignUpRequestPage>;

export const resetLinkSchema = z
  .object({ url: z.string(), expiresAt: date })
  .meta({ id: "ResetLink" }) satisfies z.ZodType<signUp.ResetLink>;

export const mailedSchema = z
  .object({ state: z.literal("mailed") })
  .meta({ id: "Mailed" }) satisfies z.ZodType<signUp.Mailed>;

export const emailSchema = z
  .object({ email: z.string().nullable(), waiting: z.string().nullable(), mails: z.boolean() })
  .meta({ id: "Email" }) satisfies z.ZodType<signUp.Email>;
