import { WebSocketServer } from "ws";
import { createPeople, type Incoming, type Outgoing, readFrame } from "./relay.ts";

/** The floor: from one socket to those of the recipient, and nothing else. No check, no number kept, no database. */
const people = createPeople();
const positions = new Map<string, number>();
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.env["PORT"]),
  perMessageDeflate: false,
});

server.on("connection", (socket, request) => {
  people.add(request, socket);
  socket.on("message", (data) => {
    const { to, conversation, key, text } = readFrame<Incoming>(data);
    const position = (positions.get(conversation) ?? 0) + 1;
    positions.set(conversation, position);
    people.send(to, { conversation, key, position, text } satisfies Outgoing);
    socket.send(JSON.stringify({ ack: key }));
  });
});
server.once("listening", () => process.stdout.write("ready\n"));
