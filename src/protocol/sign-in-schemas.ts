import { z } from "zod";
import * as signIn from "./sign-in.ts";

/** Schemas of what travels while somebody shows who they are. */

const passkeyOptions = z.record(z.string(), z.unknown());

export const secondStepSchema = z
  .object({
    ticket: z.string(),
    factors: z.array(z.enum(signIn.factors)),
    passkey: passkeyOptions.nullable(),
  })
  .meta({ id: "SecondStep" }) satisfies z.ZodType<signIn.SecondStep>;
