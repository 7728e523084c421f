/** Of how many people who went a group tells those who were there with them. */
export const FORMER = 200;
