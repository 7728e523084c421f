import { NAMESPACE } from "./common-out.ts";

/** ActivityStreams, and the terms of groups; all but one of them our own. */
export const roomContext = [
  "https://www.w3.org/ns/activitystreams",
  {
    contextHistory: { "@id": "https://w3id.org/fep/171b/contextHistory", "@type": "@id" },
    luciole: NAMESPACE,
    members: { "@id": "luciole:members", "@type": "@id" },
    chatOwner: { "@id": "luciole:chatOwner", "@type": "@id" },
    chatAdmins: { "@id": "luciole:chatAdmins", "@type": "@id", "@container": "@set" },
    chatBy: { "@id": "luciole:chatBy", "@type": "@id" },
    chatInviter: { "@id": "luciole:chatInviter", "@type": "@id" },
    chatRole: "luciole:chatRole",
    chatBan: "luciole:chatBan",
    chatInstead: { "@id": "luciole:chatInstead", "@type": "@id" },
    chatLink: "luciole:chatLink",
    chatSeq: "luciole:chatSeq",
    chatDigest: "luciole:chatDigest",
    chatEpoch: "luciole:chatEpoch",
    chatState: "luciole:chatState",
    chatExpireAfter: "luciole:chatExpireAfter",
    chatPolicy: { "@id": "luciole:chatPolicy", "@type": "@json" },
  },
] as const;

/** The same for what a link leads into. */
export const offerContext = [
  roomContext[0],
  { ...roomContext[1], chatApproval: "luciole:chatApproval" },
] as const;

/** The same with what a copy of a message needs. */
export const copyContext = [
  roomContext[0],
  { ...roomContext[1], chatCopy: "luciole:chatCopy", chatForwarded: "luciole:chatForwarded" },
] as const;
