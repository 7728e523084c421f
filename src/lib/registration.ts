/** How somebody gets an account here: by themselves, with a code, when somebody agrees, or from the operator only. */
export const registrationModes = ["open", "invite", "approval", "closed"] as const;
export type Registration = (typeof registrationModes)[number];
