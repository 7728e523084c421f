/** How much strangers may ask of people before anybody agreed to it. */
export interface RequestLimits {
  /** Requests that wait for one person at a time. */
  readonly waitingPerPerson: number;
  /** Conversations of one author elsewhere in which a request waits at a time. */
  readonly waitingPerSender: number;
  /** Requests of people of one new server that wait at a time, for everybody here together. */
  readonly waitingPerNewServer: number;
  /** Messages that wait in one request. */
  readonly messagesPerRequest: number;
  /** Conversations that somebody may begin within a day with people who do not know them. */
  readonly strangersPerDay: number;
  /** The same while their account is younger than `newAccountDays`. */
  readonly strangersPerDayOfNewAccount: number;
  readonly newAccountDays: number;
}

export const requestLimits: RequestLimits = {
  waitingPerPerson: 20,
  waitingPerSender: 5,
  waitingPerNewServer: 5,
  messagesPerRequest: 20,
  strangersPerDay: 5,
  strangersPerDayOfNewAccount: 2,
  newAccountDays: 7,
};
