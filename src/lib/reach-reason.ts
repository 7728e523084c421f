/** What is to be known of sending private messages to a server, in stable words, and what each means. */
export const reachReasons = {
  /** It cannot receive. */
  no_private_messages: "It has no private messages.",
  direct_only: "It takes messages to one person only.",
  shows_followers: "It has shown messages to several people to their followers.",
  too_many_people: "It does not take messages to so many people.",
  server_suspended: "This server does not talk to it.",
  /** It receives, and there is something to know. */
  lemmy_text_limit: "It takes at most 10,000 characters.",
  followers_only: "It shows messages only of people with whom its person has a follow relation.",
  group_unseen: "It takes messages to several people, and shows them to nobody yet.",
  /** Nothing is known. */
  not_asked: "It has not said yet what it runs.",
  software_unknown: "Nothing is known of how its software takes private messages.",
} as const;

export type ReachReason = keyof typeof reachReasons;
