import type { Admin } from "@platformatic/kafka" with { "resolution-mode": "import" };
import type { Lifetime } from "./lifetime";

const PAUSE_MS = 100;

/** How far a consumer group has come, all of its members together. */
export class GroupReading {
  readonly #life: Lifetime;
  readonly #bootstrapServers: string;
  readonly #groupId: string;
  readonly #read = new Set<string>();
  #admin: Promise<Admin> | null = null;

  constructor(life: Lifetime, bootstrapServers: string, groupId: string) {
    this.#life = life;
    this.#bootstrapServers = bootstrapServers;
    this.#groupId = groupId;
  }

  /**
   * Waits until the group has handled all that a topic has, or the service stops. Meant for a topic that nobody writes to any
   * more: what was read to its end once is not looked at again.
   */
  async toEndOf(topic: string): Promise<void> {
    while (!this.#read.has(topic) && !this.#life.stopped) {
      if (await this.#isRead(topic)) this.#read.add(topic);
      else await this.#life.sleep(PAUSE_MS);
    }
  }

  async #isRead(topic: string): Promise<boolean> {
    this.#admin ??= this.#open();
    const admin = await this.#admin;
    const { topics } = await admin.metadata({ topics: [topic] });
    const indexes = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, index) => index);
    const at = async (timestamp: bigint): Promise<ReadonlyMap<number, bigint>> => {
      const partitions = indexes.map((partitionIndex) => ({ partitionIndex, timestamp }));
      const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
      return new Map((listed?.partitions ?? []).map((each) => [each.partitionIndex, each.offset]));
    };
    const { ListOffsetTimestamps } = await import("@platformatic/kafka");
    const [first, end] = [await at(ListOffsetTimestamps.EARLIEST), await at(ListOffsetTimestamps.LATEST)];
    const groups = [{ groupId: this.#groupId, topics: [{ name: topic, partitionIndexes: indexes }] }];
    const [group] = await admin.listConsumerGroupOffsets({ groups });
    const committed = new Map(group?.topics[0]?.partitions.map((each) => [each.partitionIndex, each.committedOffset]));
    // an empty partition has no commit, and one whose messages have expired may have an old one
    const isHandled = (index: number): boolean =>
      first.get(index) === end.get(index) || (committed.get(index) ?? -1n) >= (end.get(index) ?? 0n);
    return indexes.length > 0 && indexes.every(isHandled);
  }

  async #open(): Promise<Admin> {
    const { Admin } = await import("@platformatic/kafka");
    const admin = new Admin({ clientId: this.#groupId, bootstrapBrokers: this.#bootstrapServers.split(",") });
    this.#life.onStop(() => admin.close());
    return admin;
  }
}
