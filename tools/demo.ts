import { Command, InvalidArgumentError, Option } from "commander";
import { at } from "../examples/orders/services/addresses";
import type { Connections } from "../examples/orders/services/connections";
import { explain } from "../examples/orders/services/explain";
import { type SeededOrder, seededOrders } from "../examples/orders/services/seeded-orders";
import { type Row, table } from "./demo/compare";
import { deploy, type Engine, ENGINES, toolsFor } from "./demo/deploy";
import { drained } from "./demo/drain";
import { observe } from "./demo/found";
import { impliedBy } from "./demo/implied";
import { lookAround } from "./demo/look-around";
import { runProgram, startProcesses } from "./demo/processes";
import { type Progress, showProgress } from "./demo/progress";
import { printProgress } from "./progress";
import { type Servers, startServers } from "./servers";

interface Options {
  readonly engine: Engine;
  readonly orders: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Time for the retry ladder and the start of the services, and what one order may take on a busy machine. */
const DEADLINE_MS = 120_000;
const DEADLINE_PER_ORDER_MS = 300;

/** What a shell says of a command that ended by SIGINT. */
const INTERRUPTED = 130;

/** Consumers first: what the relay sends is then taken from the first message on. */
const SERVICES = [...Object.keys(at.consumers), ...Object.keys(at.handlers), "projections", "fulfillment", "relay"];

async function main(options: Options): Promise<number> {
  const progress = showProgress(printProgress);
  progress.step("tools");
  const toolchain = await toolsFor(options.engine);
  progress.step("servers");
  const servers = await startServers({ detached: true });
  // they are not ours alone any more: whoever interrupts has to know where they are
  process.once("SIGINT", () => {
    process.stderr.write(lookAround(servers));
    process.exit(INTERRUPTED);
  });
  try {
    progress.step(`deploy with ${options.engine}`);
    await deploy(options.engine, servers, toolchain, (how) => progress.at(how));
    const placed = seededOrders({ seed: options.seed, count: options.orders });
    const rows = await play(connectionsOf(servers), placed, options, progress);
    progress.end();
    const holds = rows.every((each) => each.holds);
    process.stdout.write(options.json ? `${JSON.stringify({ ...options, holds, rows, servers: servers.dir })}\n` : `${table(rows)}\n`); // prettier-ignore
    if (!holds) process.stderr.write("demo: what was found differs from what the orders imply\n");
    return holds ? 0 : 1;
  } catch (error) {
    complain(error);
    return 1;
  } finally {
    process.stderr.write(lookAround(servers));
  }
}

function complain(error: unknown): void {
  process.stderr.write(`demo: ${explain(error)}\n`);
}

function connectionsOf({ kafka, postgres, rabbitmq }: Servers): Connections {
  return { kafka, rabbitmq: { url: rabbitmq.amqpUrl }, postgres };
}

/** Lets the services run until everything that the orders set off is over. */
async function play(
  connections: Connections,
  placed: readonly SeededOrder[],
  { seed, orders }: Options,
  progress: Progress,
): Promise<readonly Row[]> {
  const env = { SEED: String(seed), ORDERS: String(orders) };
  progress.step(`start ${SERVICES.length} services`);
  const services = await startProcesses(SERVICES, connections, env);
  try {
    progress.step(`place ${orders} orders`);
    await Promise.race([runProgram("place-orders", connections, env), services.failed]);
    progress.step("wait until everything is drained");
    const observer = await observe(connections);
    try {
      const deadline = DEADLINE_MS + orders * DEADLINE_PER_ORDER_MS;
      return await drained(observer, impliedBy(placed), deadline, services.failed, (rows) => {
        progress.at(howFar(rows));
      });
    } finally {
      await observer.close();
    }
  } finally {
    await services.stop();
  }
}

function howFar(rows: readonly Row[]): string {
  const over = rows.filter(({ figure, section }) => section === "sagas" && !figure.endsWith("running"));
  const sum = (count: (row: Row) => number): number => over.reduce((total, each) => total + count(each), 0);
  const open = rows.filter((each) => !each.holds).length;
  return `${sum((each) => each.found)} of ${sum((each) => each.implied)} sagas are over, ${open} figures are still to come`;
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < from || value > to) throw new InvalidArgumentError(`a whole number from ${from} to ${to}`); // prettier-ignore
    return value;
  };
}

new Command("demo")
  .description(
    "deploys the order system to real servers, places orders, and holds what happens against what they imply",
  )
  .addOption(new Option("--engine <engine>", "what deploys it").choices(ENGINES).default("cdktf"))
  .option("--orders <count>", "how many orders are placed", whole(1, 100_000), 1_000)
  .option("--seed <number>", "which orders they are", whole(0, 2 ** 31 - 1), 1)
  .option("--json", "print the figures as JSON", false)
  .action(async (options: Options) => {
    process.exitCode = await main(options);
  })
  .parseAsync()
  .catch((error: unknown) => {
    complain(error);
    process.exitCode = 1;
  });
