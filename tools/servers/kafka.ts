import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheKey } from "../cache";
import { findOnPath, run, ToolError } from "../command";
import { type OnProgress, withProgress } from "../progress";
import { withKafkaAdmin } from "./kafka-client";
import { type Launch, launch, type ServerProcess, untilReady } from "./launch";
import { freePorts } from "./ports";
import type { KafkaServer } from "./state";

/** The folder with the jars of the Kafka server, fetched first when they are not in the cache. */
export async function ensureKafkaJars(onProgress: OnProgress): Promise<string> {
  const pom = join(__dirname, "..", "kafka", "pom.xml");
  return cached("kafka-jars", cacheKey([pom]), (target) =>
    withProgress("fetching the Kafka server", onProgress, async () => {
      const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${target}`];
      // Maven would write a target folder beside the pom only if it compiled something.
      await run("mvn", ["-q", "-B", "-f", pom, ...goal], { install: "Maven 3.8 or later (package maven)" });
    }),
  );
}

/** Starts one broker that is its own controller. */
export async function startKafka(
  dir: string,
  onProgress: OnProgress,
  onStart: (started: ServerProcess) => void,
): Promise<KafkaServer> {
  if (findOnPath("java") === undefined) throw new ToolError("java is not on PATH: install Java 17 or later");
  const classpath = join(await ensureKafkaJars(onProgress), "*");
  const [port, controllerPort] = (await freePorts(2)) as [number, number];
  const properties = join(dir, "server.properties");
  writeFileSync(properties, brokerProperties(dir, port, controllerPort));
  const java = ["-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath];
  await run("java", [...java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties]);
  const what: Launch = {
    name: "kafka",
    command: "java",
    args: ["-Xmx512m", ...java, "kafka.Kafka", properties],
    // Its data is thrown away: an orderly end would only take seconds.
    signal: "SIGKILL",
    log: join(dir, "kafka.log"),
    cwd: dir,
  };
  const started = await launch(what);
  onStart(started);
  const bootstrapServers = `127.0.0.1:${port}`;
  await untilReady(started, () => withKafkaAdmin(bootstrapServers, async (admin) => void (await admin.listTopics())));
  return { bootstrapServers };
}

/** Any 16 bytes in base64: the cluster is alone. */
const CLUSTER_ID = "ZXZlbnRsb29tLWRldi0wMA";

/** One broker that has every role, keeps no more than one replica of its own topics, and creates no topic that nobody declared. */
export function brokerProperties(dir: string, port: number, controllerPort: number): string {
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(dir, "data"),
    "auto.create.topics.enable": false,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
