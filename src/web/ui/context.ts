import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "../client.ts";

export const ClientContext = createContext<Client | null>(null);

/** The running client, from anywhere below the root. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error("used outside of the client's root");
  return client;
}
