import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Keeps one state for Terraform's backend "http", with a lock that stays until it is given back or taken away. */
export class StateServer {
  /** What was stored last; null before that. */
  state: string | null = null;
  /** What was said with the lock; null when it is free. */
  lock: string | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StateServer> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const [status, answer] = kept.answer(request.method ?? "", body);
        response.writeHead(status).end(answer);
      });
    });
    const kept = new StateServer(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return kept;
  }

  /** The settings of the backend. */
  get backend(): object {
    const address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
    return { http: { address, lock_address: address, unlock_address: address } };
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(method: string, body: string): readonly [number, string] {
    if (method === "GET") return this.state === null ? [404, ""] : [200, this.state];
    if (method === "LOCK" && this.lock !== null) return [423, this.lock];
    if (method === "LOCK") this.lock = body;
    if (method === "UNLOCK") this.lock = null;
    if (method === "POST") this.state = body;
    return [200, ""];
  }
}
