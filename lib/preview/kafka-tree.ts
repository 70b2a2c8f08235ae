import type { KafkaTopic, Topology } from "../topology/types";
import { groupBy } from "./group-by";
import type { TreeNode } from "./tree";
import { count, durationWords } from "./words";

/** Topics of events first, then those of each consumer's failed messages. */
export function kafkaTree(topology: Topology): TreeNode {
  const topics = topology.resources.filter((each) => each.kind === "kafka-topic");
  const events = topics.filter((each) => each.role === "event");
  const failed = groupBy(
    topics.filter((each) => each.role !== "event"),
    (each) => each.part,
  );
  return {
    label: `Kafka: ${count(topics.length, "topic")}`,
    children: [
      ...events.map(topicNode),
      ...[...failed].map(([part, each]): TreeNode => ({
        label: `failed messages of ${part.slice(part.indexOf("/") + 1)}`,
        children: each.map(topicNode),
      })),
    ],
  };
}

function topicNode(topic: KafkaTopic): TreeNode {
  const cause = topic.causes["retention.ms"];
  const kept = durationWords(Number(topic.config["retention.ms"]));
  return {
    label: topic.name,
    detail: [
      `${count(topic.partitions, "partition")} × ${count(topic.replicationFactor, "replica")}`,
      `kept ${kept}${cause === undefined ? "" : ` because of ${cause}`}`,
    ].join(", "),
  };
}
