import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the range that the kernel gives to outgoing connections, which would take a port between our look and the server's bind. */
const FIRST = 15_000;
const LAST = 32_000;

/** Finds ports on loopback that nobody listens on. No two are equal. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** Whether a server could listen on this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
