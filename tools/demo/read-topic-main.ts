import { explain } from "../../examples/orders/services/explain";
import { readTopic } from "./read-topic";

const SHOWN = 10;

/** `jiti tools/demo/read-topic-main.ts <bootstrap servers> <topic>`: the first events of a topic, one JSON a line. */
async function main([bootstrapServers, topic]: readonly string[]): Promise<void> {
  if (!bootstrapServers || !topic) throw new Error("say where: read-topic <bootstrap servers> <topic>");
  for (const { event, partition } of await readTopic(bootstrapServers, topic, SHOWN)) {
    process.stdout.write(`${JSON.stringify({ partition, ...event })}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`read-topic: ${explain(error)}\n`);
  process.exitCode = 1;
});
