import type { KafkaTopic } from "../../topology/types";
import type { Row } from "./row";

/** `mongey/kafka`. */
export const kafkaTopic: Row<KafkaTopic> = {
  type: "kafka_topic",
  provider: "kafka",
  attributes: ({ name, partitions, replicationFactor, config }) => ({
    name,
    partitions,
    replication_factor: replicationFactor,
    config,
  }),
  replacedWith: () => [],
};
