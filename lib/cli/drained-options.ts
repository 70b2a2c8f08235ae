import { type Command, InvalidArgumentError, Option } from "commander";
import type { DrainedQuestion } from "./drained/drained";
import type { KafkaServers } from "./drained/kafka";
import type { RabbitmqServer } from "./drained/rabbitmq";

interface Options {
  readonly rabbitmq?: string;
  readonly vhost: string;
  readonly kafka?: string;
  readonly settle: number;
  readonly json?: boolean;
}

/** A question, and whether the answer is to be JSON. */
export interface DrainedWords {
  readonly question: DrainedQuestion;
  readonly asJson: boolean;
}

const ENVIRONMENT = `
Credentials come from the environment alone, by the names that the providers of both brokers use:
  RABBITMQ_USERNAME, RABBITMQ_PASSWORD
  KAFKA_ENABLE_TLS (true), KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD
Of an old read table, the Postgres is asked that these name, as a role that may read checkpoints:
  PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT
`;

const EXIT_CODES = `
Exit codes:
  0  every old generation is drained
  1  one is not, or a lock is no good
  2  wrong usage, or a server that cannot be asked
`;

/** Adds `drained` to the command. */
export function addDrained(program: Command, run: (words: DrainedWords) => Promise<void>): void {
  program
    .command("drained")
    .description("look at the servers, and say whether old generations are empty and unused; changes nothing")
    .argument("<lock...>", "lock files")
    .addOption(new Option("--rabbitmq <url>", "RabbitMQ's management API").argParser(withoutCredentials))
    .option("--vhost <vhost>", "RabbitMQ's virtual host", "/")
    .option("--kafka <servers>", "Kafka's bootstrap servers; needs the package @platformatic/kafka")
    .addOption(new Option("--settle <seconds>", "between the two looks").argParser(seconds).default(10))
    .option("--json", "print JSON")
    .addHelpText("after", ENVIRONMENT + EXIT_CODES)
    .action((locks: string[], options: Options) => {
      const question = {
        locks,
        rabbitmq: rabbitmqOf(options),
        kafka: kafkaOf(options),
        settleMs: options.settle * 1000,
      };
      return run({ question, asJson: options.json === true });
    });
}

function rabbitmqOf({ rabbitmq: url, vhost }: Options): RabbitmqServer | null {
  const { RABBITMQ_USERNAME: username = "guest", RABBITMQ_PASSWORD: password = "guest" } = process.env;
  return url === undefined ? null : { url, vhost, username, password };
}

function kafkaOf({ kafka: bootstrapServers }: Options): KafkaServers | null {
  if (bootstrapServers === undefined) return null;
  const { KAFKA_ENABLE_TLS, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD } = process.env;
  const sasl = username === undefined ? null : { mechanism: (KAFKA_SASL_MECHANISM ?? "PLAIN").toUpperCase(), username, password: KAFKA_SASL_PASSWORD ?? "" }; // prettier-ignore
  return { bootstrapServers, tls: KAFKA_ENABLE_TLS === "true", sasl };
}

/** What stands in a command line is seen by everybody on the machine. */
function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) throw new InvalidArgumentError("it is a URL, say https://rabbitmq.example:15671.");
  const { protocol, username, password } = new URL(text);
  if (username !== "" || password !== "") {
    throw new InvalidArgumentError("give credentials by RABBITMQ_USERNAME and RABBITMQ_PASSWORD.");
  }
  if (protocol !== "http:" && protocol !== "https:") throw new InvalidArgumentError("it begins with https:// or http://."); // prettier-ignore
  return text;
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a whole number of seconds.");
}
