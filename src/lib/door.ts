/** Where requests come in, for which networks can be let in or kept out. */
export const doors = ["sign-up", "sign-in", "api", "federation"] as const;
export type Door = (typeof doors)[number];
