import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "amqplib";
import { findOnPath, ToolError } from "../command";
import type { DebianPackage } from "../debian";
import { launch, type ServerProcess, untilReady } from "./launch";
import { freePorts } from "./ports";
import type { RabbitmqServer } from "./state";
import { giveTo, serverUser } from "./unix-user";

/** Debian's wrapper in /usr/sbin insists on the system's own node; the script that it calls does not. */
const SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** Where the server comes from. */
export const rabbitmqPackage: DebianPackage = { name: "rabbitmq-server", isInstalled: () => existsSync(SERVER) };

interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

/** Starts a node of its own name, with its own port mapper, so that several can run side by side. */
export async function startRabbitmq(dir: string, onStart: (started: ServerProcess) => void): Promise<RabbitmqServer> {
  const user = await serverUser("rabbitmq");
  const [amqp, management, distribution, epmd] = (await freePorts(4)) as [number, number, number, number];
  const ports: Ports = { amqp, management, distribution, epmd };
  const username = "eventloom";
  const password = randomBytes(12).toString("base64url");
  const env = writeConfiguration(dir, ports, { username, password });
  giveTo(user, dir, ...Object.values(files(dir)));
  // Their data is thrown away: an orderly end would only take seconds.
  const common = { cwd: dir, env, user, signal: "SIGKILL" as const };
  const mapper = findOnPath("epmd");
  if (mapper === undefined) throw new ToolError("epmd is not on PATH: install erlang-base");
  // The node would start one that stays behind: this one we can end.
  const args = ["-port", String(epmd), "-address", "127.0.0.1"];
  onStart(await launch({ ...common, name: "epmd", command: mapper, args, log: join(dir, "epmd.log") }));
  const started = await launch({
    ...common,
    name: "rabbitmq",
    command: SERVER,
    args: [],
    log: join(dir, "rabbitmq.log"),
  });
  onStart(started);
  const server: RabbitmqServer = {
    amqpUrl: amqpUrl({ username, password, port: amqp, vhost: "/" }),
    endpoint: `http://127.0.0.1:${management}`,
    username,
    password,
    vhost: "/",
  };
  await untilReady(started, () => probe(server));
  return server;
}

/** Makes a virtual host in which the server's user may do everything. */
export async function makeVhost(server: RabbitmqServer, vhost: string): Promise<RabbitmqServer> {
  await manage(server, "PUT", `/vhosts/${vhost}`, {});
  const all = { configure: ".*", write: ".*", read: ".*" };
  await manage(server, "PUT", `/permissions/${vhost}/${server.username}`, all);
  const { port } = new URL(server.amqpUrl);
  return { ...server, vhost, amqpUrl: amqpUrl({ ...server, port, vhost }) };
}

/** The URL of a vhost. */
export function amqpUrl(to: { username: string; password: string; port: number | string; vhost: string }): string {
  const [username, password, vhost] = [to.username, to.password, to.vhost].map(encodeURIComponent);
  return `amqp://${username}:${password}@127.0.0.1:${to.port}/${vhost}`;
}

/** Asks the management API something. */
export async function manage(
  server: Pick<RabbitmqServer, "endpoint" | "username" | "password">,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`${server.username}:${server.password}`).toString("base64")}`;
  const response = await fetch(`${server.endpoint}/api${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new ToolError(`rabbitmq: ${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

async function probe(server: RabbitmqServer): Promise<void> {
  const connection = await connect(server.amqpUrl);
  await connection.close();
  await manage(server, "GET", "/overview");
}

function files(dir: string): Record<"config" | "environment" | "plugins", string> {
  return {
    config: join(dir, "rabbitmq.conf"),
    environment: join(dir, "rabbitmq-env.conf"),
    plugins: join(dir, "enabled_plugins"),
  };
}

function writeConfiguration(
  dir: string,
  ports: Ports,
  { username, password }: { username: string; password: string },
): NodeJS.ProcessEnv {
  const { config, environment, plugins } = files(dir);
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    "management.tcp.ip = 127.0.0.1",
    `management.tcp.port = ${ports.management}`,
    `default_user = ${username}`,
    `default_pass = ${password}`,
    // Tests read queue lengths from the management API: they would wait 5 s for each.
    "collect_statistics_interval = 1000",
    "disk_free_limit.absolute = 50MB",
    "log.file = false",
    "log.console = true",
  ];
  writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o600 });
  // Otherwise the system's own /etc/rabbitmq/rabbitmq-env.conf would be read.
  writeFileSync(environment, "");
  writeFileSync(plugins, "[rabbitmq_management].\n");
  return {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    // The Erlang cookie is written here.
    HOME: dir,
    RABBITMQ_NODENAME: `eventloom-${ports.amqp}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_CONF_ENV_FILE: environment,
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: join(dir, "data"),
    RABBITMQ_LOG_BASE: join(dir, "log"),
    RABBITMQ_PID_FILE: join(dir, "pid"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
    // Makes the script become the server instead of waiting for it.
    RUNNING_UNDER_SYSTEMD: "true",
  };
}
