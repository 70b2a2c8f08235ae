import type * as kafka from "@platformatic/kafka" with { "resolution-mode": "import" };
import { failure } from "../result";
import { thrownLine } from "../issues";
import type { OldTopic } from "./looked-at";
import type { TopicState } from "./verdict";

/** Where Kafka is. Credentials come from the environment alone. */
export interface KafkaServers {
  /** `host:port`, several with commas between them. */
  readonly bootstrapServers: string;
  readonly tls: boolean;
  readonly sasl: { readonly mechanism: string; readonly username: string; readonly password: string } | null;
}

/**
 * How far groups have read topics. Of each topic: the groups that have to read it, and all others that have.
 *
 * @returns null for a topic that is not there
 * @throws CommandFailure CL541, or CL542 without the client
 */
export async function lookAtTopics(
  servers: KafkaServers,
  topics: readonly OldTopic[],
): Promise<Readonly<Record<string, TopicState | null>>> {
  const { Admin } = await client();
  const { bootstrapServers, tls, sasl } = servers;
  const options = {
    clientId: "eventloom-drained",
    bootstrapBrokers: bootstrapServers.split(","),
    retries: 1,
    ...(tls ? { tls: {} } : {}),
    ...(sasl === null ? {} : { sasl }),
  } as kafka.AdminOptions;
  const admin = new Admin(options);
  try {
    const known = new Set(await admin.listTopics());
    const groups = [...(await admin.listGroups()).keys()];
    const found: Record<string, TopicState | null> = {};
    for (const each of topics)
      found[each.topic] = known.has(each.topic) ? await lookAtTopic(admin, each, groups) : null;
    return found;
  } catch (thrown) {
    throw failure("CL541", bootstrapServers, thrownLine(thrown));
  } finally {
    await admin.close();
  }
}

async function client(): Promise<typeof kafka> {
  try {
    return await import("@platformatic/kafka");
  } catch {
    throw failure("CL542", "--kafka");
  }
}

/** As in Kafka's protocol: the first message that there still is, and where the next one comes. */
const [EARLIEST, LATEST] = [-2n, -1n];

async function lookAtTopic(
  admin: kafka.Admin,
  { topic, groups }: OldTopic,
  all: readonly string[],
): Promise<TopicState> {
  const { topics } = await admin.metadata({ topics: [topic] });
  const indexes = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, index) => index);
  const at = async (timestamp: bigint): Promise<readonly bigint[]> => {
    const partitions = indexes.map((partitionIndex) => ({ partitionIndex, timestamp }));
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    const offsets = new Map(listed?.partitions.map((each) => [each.partitionIndex, each.offset]));
    return indexes.map((index) => offsets.get(index) ?? 0n);
  };
  const [first, end] = [await at(EARLIEST), await at(LATEST)];
  const lag: Record<string, bigint> = {};
  for (const groupId of new Set([...groups, ...all])) {
    const asked = { groupId, topics: [{ name: topic, partitionIndexes: indexes }] };
    const [listed] = await admin.listConsumerGroupOffsets({ groups: [asked] });
    const committed = new Map(listed?.topics[0]?.partitions.map((each) => [each.partitionIndex, each.committedOffset]));
    const hasRead = [...committed.values()].some((offset) => offset >= 0n);
    if (groups.includes(groupId) || hasRead) lag[groupId] = sum(indexes.map((index) => behind(first[index], end[index], committed.get(index)))); // prettier-ignore
  }
  return { end: sum(end), lag };
}

/** A commit of messages that have expired since counts from the first one that there still is. */
function behind(first = 0n, end = 0n, committed = -1n): bigint {
  return end - (committed > first ? committed : first);
}

function sum(all: readonly bigint[]): bigint {
  return all.reduce((total, each) => total + each, 0n);
}
