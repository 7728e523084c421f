import { Socket } from "node:net";
import { onTestFinished, vi } from "vitest";

/** Notes every TCP connection that this process tries to open until the test ends, as `address:port`. */
export function watchConnections(): readonly string[] {
  const attempts: string[] = [];
  const connect = Socket.prototype.connect;
  const spy = vi.spyOn(Socket.prototype, "connect").mockImplementation(function (
    this: Socket,
    ...args: unknown[]
  ) {
    this.on("connectionAttempt", (address: string, port: number) => attempts.push(`${address}:${port}`));
    return Reflect.apply(connect, this, args);
  } as typeof connect);
  onTestFinished(() => spy.mockRestore());
  return attempts;
}
