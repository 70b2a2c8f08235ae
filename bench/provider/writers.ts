import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";

/** What the process is told: `writers.ts <JSON>`. It writes until its standard input ends, then says what it saw. */
export interface Writing {
  readonly config: ClientConfig;
  readonly writers: number;
  readonly statement: string;
  readonly pauseMs: number;
}

/** A write: when it began, in ms since 1970, how long it took in ms, and whether it was refused. */
export type Write = readonly [at: number, took: number, failed: boolean];

const now = (): number => performance.timeOrigin + performance.now();

/** In a process of its own, so that what the provider does is not in the figures. */
async function main({ config, writers, statement, pauseMs }: Writing): Promise<void> {
  let going = true;
  process.stdin.resume().on("end", () => (going = false));
  const clients = Array.from({ length: writers }, () => new Client(config));
  await Promise.all(clients.map((each) => each.connect()));
  const writes: Write[] = [];
  const write = async (client: Client): Promise<void> => {
    while (going) {
      const at = now();
      const failed = await client.query({ name: "append", text: statement }).then(() => false, () => true); // prettier-ignore
      writes.push([at, now() - at, failed]);
      await delay(pauseMs);
    }
  };
  process.stdout.write("ready\n");
  await Promise.all(clients.map(write));
  await Promise.all(clients.map((each) => each.end()));
  process.stdout.write(`${JSON.stringify(writes)}\n`);
}

void main(JSON.parse(process.argv[2] ?? "{}") as Writing);
