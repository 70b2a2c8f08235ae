import { Command, Option } from "commander";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolError } from "./command";
import { type PostgresMajor, postgresMajor } from "./postgres-servers";
import { findServers, type Servers, startServers, stopServers } from "./servers";

const program = new Command("servers").description("starts and stops real Kafka, RabbitMQ and Postgres on loopback");
const folder = ["--dir <dir>", "folder that their state is kept in", join(tmpdir(), "eventloom-servers")] as const;

interface Options {
  readonly dir: string;
  readonly json?: boolean;
  readonly postgres?: PostgresMajor;
}

program
  .command("start")
  .description("start them, or show those that run already; they run until they are stopped")
  .option(...folder)
  .option("--json", "print how to reach them as JSON")
  .addOption(new Option("--postgres <major>", "the version of Postgres").argParser(postgresMajor).default(15))
  .action(async ({ dir, json, postgres = 15 }: Options) =>
    print(await startServers({ dir, postgres, detached: true }), json),
  );

program
  .command("stop")
  .description("stop them and remove their data")
  .option(...folder)
  .action(async ({ dir }: Options) => console.log((await stopServers(dir)) ? `stopped: ${dir}` : `none run in ${dir}`));

program
  .command("status")
  .description("show how to reach them; exits with 1 when they do not run")
  .option(...folder)
  .option("--json", "print how to reach them as JSON")
  .action(({ dir, json }: Options) => {
    const found = findServers(dir);
    if (found === undefined) throw new ToolError(`none run in ${dir}`);
    print(found, json);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof ToolError ? error.message : error);
  process.exitCode = 1;
});

function print({ dir, kafka, rabbitmq, postgres }: Servers, json = false): void {
  if (json) return console.log(JSON.stringify({ dir, kafka, rabbitmq, postgres }));
  const { host, port, username, password, database } = postgres;
  console.log(`kafka     ${kafka.bootstrapServers}`);
  console.log(`rabbitmq  ${rabbitmq.amqpUrl}`);
  console.log(`          ${rabbitmq.endpoint} (${rabbitmq.username}, ${rabbitmq.password})`);
  console.log(`postgres  postgresql://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}`);
  console.log(`state     ${dir}`);
}
