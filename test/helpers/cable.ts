import { createServer, connect as dial, type AddressInfo, type Server, type Socket } from "node:net";
import { inject } from "vitest";

/** Stands between a pool and its PostgreSQL, and can cut everything between them. */
export class Cable {
  readonly url: string;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Set<() => void>();
  #isHolding = false;
  /** Everything that was sent to PostgreSQL. */
  sent = "";
  /** Whether the next transaction begins with what PostgreSQL does not understand. */
  spoils = false;
  #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    const url = new URL(inject("postgresUrl"));
    url.port = String(this.#port);
    url.hostname = "127.0.0.1";
    this.url = url.href;
    this.#listen();
  }

  /** Begins to stand there; `cut` ends it. */
  static async plug(): Promise<Cable> {
    return new Cable(await listening(0));
  }

  /** Ends every connection, and refuses new ones until `mend`. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #passed(bytes: Buffer): Buffer {
    const at = this.spoils ? bytes.indexOf("begin ") : -1;
    if (at >= 0) {
      bytes.write("never ", at);
      this.spoils = false;
    }
    this.sent += bytes.toString("latin1");
    return bytes;
  }

  /** Keeps back what PostgreSQL answers, until `release`. */
  hold(): void {
    this.#isHolding = true;
  }

  release(): void {
    this.#isHolding = false;
    for (const pass of this.#held) pass();
    this.#held.clear();
  }

  async mend(): Promise<void> {
    this.#server = await listening(this.#port);
    this.#listen();
  }

  #listen(): void {
    this.#server.on("connection", (near) => {
      const target = new URL(inject("postgresUrl"));
      const far = dial(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on("error", () => to.destroy()).on("close", () => to.destroy());
      }
      near.on("data", (bytes) => far.write(this.#passed(bytes)));
      far.on("data", (bytes) => {
        if (this.#isHolding) this.#held.add(() => near.write(bytes));
        else near.write(bytes);
      });
    });
  }
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
  });
}
