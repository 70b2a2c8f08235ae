import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A statement on its way to the server, as the provider sent it. */
export interface Passing {
  /** Which one of this proxy: 1, 2, 3 and so on. */
  readonly at: number;
  readonly sql: string;
  /** The process of the server that it is for. */
  readonly backend: number;
}

/** Who looks at statements; each is waited for before anything goes on. */
export interface Watcher {
  /** Before the server has it. */
  readonly sending?: (statement: Passing) => Promise<void> | void;
  /** The server has it, and its answer has not been looked at. */
  readonly sent?: (statement: Passing) => Promise<void> | void;
  /** The server has done it, and nobody has been told. */
  readonly answered?: (statement: Passing) => Promise<void> | void;
}

/** What changes nothing by itself. */
const HARMLESS = /^\s*(SELECT|SET|RESET|BEGIN)\b/i;
const READS_ONLY = /^\s*BEGIN\b.*\bREAD ONLY\b/is;

/**
 * Stands between a client and Postgres, without TLS, and counts the statements of the simple protocol that may change something,
 * the ends of transactions that have written among them.
 */
export class StatementProxy {
  /** What has passed. */
  readonly statements: string[] = [];
  private readonly links = new Set<Link>();

  private constructor(
    private readonly server: Server,
    readonly watcher: Watcher,
  ) {}

  static async start(
    target: { readonly host: string; readonly port: number },
    watcher: Watcher = {},
  ): Promise<StatementProxy> {
    const server = createServer();
    const proxy = new StatementProxy(server, watcher);
    server.on("connection", (client) => {
      const link = new Link(client, connect(target.port, target.host), proxy);
      proxy.links.add(link);
      client.once("close", () => proxy.links.delete(link));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends all connections as a network that fails does: neither side is told more than that. */
  cut(): void {
    for (const link of this.links) link.cut();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  count(sql: string, backend: number): Passing {
    this.statements.push(sql);
    return { at: this.statements.length, sql, backend };
  }
}

const READY = "Z".charCodeAt(0);
const KEY_DATA = "K".charCodeAt(0);
const QUERY = "Q".charCodeAt(0);

/** One client's connection. Each direction is passed on message by message, in order. */
class Link {
  private backend = 0;
  private awaiting: Passing | null = null;
  private reads = false;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly proxy: StatementProxy,
  ) {
    // A client's first message has no type; what comes after has one.
    const fromClient = messages(false, (message, first) => this.toServer(message, first));
    const fromServer = messages(true, (message) => this.toClient(message));
    client.on("data", fromClient);
    upstream.on("data", fromServer);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }

  cut(): void {
    this.client.destroy();
    this.upstream.destroy();
  }

  private async toServer(message: Buffer, first: boolean): Promise<void> {
    const { watcher } = this.proxy;
    const isQuery = !first && message[0] === QUERY;
    const passing = isQuery ? this.passing(message.toString("utf8", 5, message.length - 1)) : null;
    if (passing === null) return void this.upstream.write(message);
    await watcher.sending?.(passing);
    this.awaiting = passing;
    this.upstream.write(message);
    await watcher.sent?.(passing);
  }

  private passing(sql: string): Passing | null {
    if (READS_ONLY.test(sql)) this.reads = true;
    const ends = /^\s*(COMMIT|ROLLBACK)\b/i.test(sql);
    const counts = !HARMLESS.test(sql) && !(ends && this.reads);
    if (ends) this.reads = false;
    return counts ? this.proxy.count(sql, this.backend) : null;
  }

  private async toClient(message: Buffer): Promise<void> {
    if (message[0] === KEY_DATA) this.backend = message.readInt32BE(5);
    const passed = this.awaiting;
    if (message[0] === READY && passed !== null) {
      this.awaiting = null;
      await this.proxy.watcher.answered?.(passed);
    }
    if (!this.client.destroyed) this.client.write(message);
  }
}

/** Cuts a stream into messages, and hands over the next one when the one before has been dealt with. */
export function messages(
  typed: boolean,
  pass: (message: Buffer, first: boolean) => Promise<void>,
): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let hasType = typed;
  let before: Promise<void> = Promise.resolve();
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = hasType ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      const [message, first] = [rest.subarray(0, length), !hasType];
      rest = rest.subarray(length);
      hasType = true;
      before = before.then(() => pass(message, first)).catch(() => undefined);
    }
  };
}
