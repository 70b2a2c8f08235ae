import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Client } from "pg";
import { messages } from "../../campaigns/crashes/statement-proxy";
import type { TestDatabase } from "./deployment";

const READY = "Z".charCodeAt(0);
const ROW = "D".charCodeAt(0);
const TERMINATE = "X".charCodeAt(0);
const IDLE = "I".charCodeAt(0);

/** A session of the server that clients are given. */
interface Backend {
  readonly client: Client;
  readonly stream: Socket;
  holder: ((message: Buffer) => void) | null;
}

/**
 * Stands between clients and Postgres as PgBouncer does: it logs clients in by itself, and lends them its own sessions, each for
 * a transaction (any free one, by turns) or for as long as they stay.
 */
export class Pooler {
  private readonly backends: Backend[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly clients = new Set<Socket>();
  private turn = 0;
  private server!: Server;

  private constructor(private readonly mode: "transaction" | "session") {}

  static async start(database: TestDatabase, mode: "transaction" | "session", sessions: number): Promise<Pooler> {
    const pooler = new Pooler(mode);
    for (let n = 0; n < sessions; n++) pooler.backends.push(await backendOf(database));
    pooler.server = createServer((client) => pooler.serve(client));
    await new Promise<void>((resolve) => pooler.server.listen(0, "127.0.0.1", resolve));
    return pooler;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What one of its sessions has of a setting, now that nobody uses it. */
  async setting(name: string): Promise<string> {
    const backend = this.backends[0]!;
    return new Promise((resolve) => {
      backend.holder = (message) => {
        if (message[0] === ROW) resolve(message.toString("utf8", 11));
        if (message[0] === READY) backend.holder = null;
      };
      backend.stream.write(message("Q", Buffer.from(`SHOW ${name}\0`)));
    });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    for (const { stream } of this.backends) stream.destroy();
  }

  private serve(client: Socket): void {
    let mine: Backend | null = null;
    const give = (): void => {
      if (mine === null) return;
      mine.holder = null;
      mine = null;
      this.waiting.shift()?.();
    };
    const answer = (message: Buffer): void => {
      client.write(message);
      if (message[0] === READY && message[5] === IDLE && this.mode === "transaction") give();
    };
    this.clients.add(client);
    client.on("error", () => undefined);
    client.on("close", () => {
      this.clients.delete(client);
      give();
    });
    client.on(
      "data",
      messages(false, async (message, first) => {
        if (first) return void client.write(welcome);
        if (message[0] === TERMINATE) return void client.end();
        mine ??= await this.lend(answer);
        mine.stream.write(message);
      }),
    );
  }

  private async lend(holder: (message: Buffer) => void): Promise<Backend> {
    for (;;) {
      const next = [...this.backends.slice(this.turn), ...this.backends.slice(0, this.turn)];
      const free = next.find((backend) => backend.holder === null);
      if (free !== undefined) {
        this.turn = (this.backends.indexOf(free) + 1) % this.backends.length;
        free.holder = holder;
        return free;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

/** The login is left to the library; from then on we have the connection to ourselves. */
async function backendOf({ username, ...rest }: TestDatabase): Promise<Backend> {
  const client = new Client({ ...rest, user: username });
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  for (const event of ["data", "end", "close", "error"]) stream.removeAllListeners(event);
  const backend: Backend = { client, stream, holder: null };
  stream.on("error", () => undefined);
  stream.on(
    "data",
    messages(true, (message) => {
      backend.holder?.(message);
      return Promise.resolve();
    }),
  );
  return backend;
}

function message(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** Logged in, by a process of the pooler's own, and ready. */
const welcome = Buffer.concat([
  message("R", Buffer.alloc(4)),
  message("K", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])),
  message("Z", Buffer.from("I")),
]);
