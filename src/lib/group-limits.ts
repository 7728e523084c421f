/** Most people in one group. */
export const GROUP_MEMBERS = 1000;
/** Most when somebody of another server is among them: servers refuse messages to more. */
export const FEDERATED_MEMBERS = 101;

/** Of how many people who went a group tells those who were there with them. */
export const FORMER = 200;

/** Most characters of what a group is called, and of what it says of itself. */
export const TITLE_LENGTH = 100;
export const DESCRIPTION_LENGTH = 1000;

/** The shortest and the longest time after which messages disappear, in seconds. */
export const TIMER_SHORTEST = 5;
export const TIMER_LONGEST = 400 * 86_400;
