/** Where the three servers are, as the services need it. */
export interface Connections {
  /** `host:port`, several with commas between them. */
  readonly kafka: { readonly bootstrapServers: string };
  /** `amqp://user:password@host:port/vhost`. */
  readonly rabbitmq: { readonly url: string };
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly password: string;
    readonly database: string;
  };
}

/**
 * Waits for a connection.
 *
 * @param server - what is connected to, and where: `RabbitMQ at localhost:5672`
 * @throws Error that names the server
 */
export async function reached<T>(server: string, connecting: Promise<T>): Promise<T> {
  try {
    return await connecting;
  } catch (cause) {
    throw new Error(`no connection to ${server}`, { cause });
  }
}

/** The environment variables that {@link connectionsFrom} reads and {@link environmentOf} writes. */
const VARIABLES = [
  "KAFKA_BOOTSTRAP_SERVERS",
  "RABBITMQ_URL",
  "PGHOST",
  "PGPORT",
  "PGUSER",
  "PGPASSWORD",
  "PGDATABASE",
] as const;

type Variables = Readonly<Record<(typeof VARIABLES)[number], string>>;

/**
 * @param env - say `process.env`
 * @throws Error that names every variable which is missing
 */
export function connectionsFrom(env: Readonly<Record<string, string | undefined>>): Connections {
  const missing = VARIABLES.filter((each) => !env[each]);
  if (missing.length > 0) throw new Error(`set ${missing.join(", ")}: where Kafka, RabbitMQ and Postgres are`);
  const given = env as Variables;
  return {
    kafka: { bootstrapServers: given.KAFKA_BOOTSTRAP_SERVERS },
    rabbitmq: { url: given.RABBITMQ_URL },
    postgres: {
      host: given.PGHOST,
      port: Number(given.PGPORT),
      username: given.PGUSER,
      password: given.PGPASSWORD,
      database: given.PGDATABASE,
    },
  };
}

/** The environment of a process that is to find the same servers. */
export function environmentOf({ kafka, rabbitmq, postgres }: Connections): Variables {
  return {
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    RABBITMQ_URL: rabbitmq.url,
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGUSER: postgres.username,
    PGPASSWORD: postgres.password,
    PGDATABASE: postgres.database,
  };
}
