import type { Admin } from "@platformatic/kafka" with { "resolution-mode": "import" };
import { connect, type Channel } from "amqplib";
import { Pool } from "pg";
import { orders } from "../../examples/orders/domain";
import { at } from "../../examples/orders/services/addresses";
import type { Connections } from "../../examples/orders/services/connections";
import { ORDER_STATUS } from "../../examples/orders/services/projections";
import { quoted, schema } from "../../examples/orders/services/store";
import { FIGURE, type Figures, queues, topics } from "./implied";

/** Counts what is on the three servers. */
export interface Observer {
  look(): Promise<Figures>;
  close(): Promise<void>;
}

export async function observe(connections: Connections): Promise<Observer> {
  const { username: user, ...postgres } = connections.postgres;
  const pool = new Pool({ ...postgres, user, max: 1 });
  const rabbitmq = await connect(connections.rabbitmq.url);
  const channel = await rabbitmq.createChannel();
  const kafka = await import("@platformatic/kafka");
  const admin = new kafka.Admin({
    clientId: `${at.domain}-observer`,
    bootstrapBrokers: connections.kafka.bootstrapServers.split(","),
  });
  return {
    look: async () =>
      new Map([...(await fromPostgres(pool)), ...(await fromRabbitmq(channel)), ...(await fromKafka(admin))]),
    close: async () => {
      await Promise.all([pool.end(), rabbitmq.close(), admin.close()]);
    },
  };
}

type Counted = readonly (readonly [string, number])[];

async function fromPostgres(pool: Pool): Promise<Counted> {
  const rows = async (sql: string): Promise<Record<string, string | null>[]> =>
    (await pool.query<Record<string, string | null>>(sql)).rows;
  const count = async (sql: string): Promise<number> =>
    Number((await rows(`SELECT count(*) AS n FROM ${schema}.${sql}`))[0]?.["n"]);
  const summaryColumns = orders.projections.orderSummary.columns;
  const salesColumns = orders.projections.dailySales.columns;
  const [summary] = await rows(
    `SELECT count(*) AS rows, sum(${summaryColumns.items}) AS items, sum(${summaryColumns.total_cents}) AS cents,
            count(*) FILTER (WHERE ${summaryColumns.status} = '${ORDER_STATUS.shipped}') AS shipped
       FROM ${schema}.${quoted(at.projections.orderSummary.table)}`,
  );
  const [sales] = await rows(
    `SELECT count(*) AS rows, sum(${salesColumns.orders}) AS orders, sum(${salesColumns.total_cents}) AS cents
       FROM ${schema}.${quoted(at.projections.dailySales.table)}`,
  );
  const grouped = async (sql: string, figure: (row: Record<string, string | null>) => string): Promise<Counted> =>
    (await rows(sql)).map((row) => [figure(row), Number(row["n"])] as const);
  return [
    ...(await grouped(`SELECT event_type AS type, count(*) AS n FROM ${schema}.event_store GROUP BY 1`, (row) =>
      FIGURE.event(row["type"] ?? ""),
    )),
    [
      FIGURE.oldEvents,
      await count(`event_store WHERE event_type = '${orders.events.OrderCreated.name}' AND schema_version = 1`),
    ],
    [FIGURE.summaryRows, Number(summary?.["rows"])],
    [FIGURE.summaryShipped, Number(summary?.["shipped"])],
    [FIGURE.summaryItems, Number(summary?.["items"])],
    [FIGURE.summaryCents, Number(summary?.["cents"])],
    [FIGURE.salesRows, Number(sales?.["rows"])],
    [FIGURE.salesOrders, Number(sales?.["orders"])],
    [FIGURE.salesCents, Number(sales?.["cents"])],
    ...(await grouped(`SELECT saga_type AS saga, state, count(*) AS n FROM ${schema}.sagas GROUP BY 1, 2`, (row) =>
      FIGURE.saga(row["saga"] ?? "", row["state"] ?? ""),
    )),
    ...(await grouped(`SELECT consumer, count(*) AS n FROM ${schema}.inbox GROUP BY 1`, (row) =>
      FIGURE.handled(row["consumer"] ?? ""),
    )),
    [FIGURE.outbox, await count("outbox")],
    [FIGURE.timeouts, await count("timeouts")],
  ];
}

async function fromRabbitmq(channel: Channel): Promise<Counted> {
  const found = new Map<string, number>([[FIGURE.waiting, 0]]);
  for (const { name, role } of queues) {
    const { messageCount } = await channel.checkQueue(name);
    const figure = role === "parking" ? FIGURE.parked(name) : role === "unrouted" ? FIGURE.unrouted : FIGURE.waiting;
    found.set(figure, (found.get(figure) ?? 0) + messageCount);
  }
  return [...found];
}

/** Kafka's own sign for "the end". */
const LATEST = -1n;

async function fromKafka(admin: Admin): Promise<Counted> {
  const ends = await admin.listOffsets({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST })),
    })),
  });
  const groups = Object.values(at.consumers).flatMap(({ group, subscriptions }) =>
    group === null ? [] : [{ group, topics: new Set(subscriptions.map((each) => each.topic)) }],
  );
  const committed = await admin.listConsumerGroupOffsets({ groups: groups.map((each) => each.group) });
  return [
    ...ends.map(({ name, partitions }) => [FIGURE.topic(name), total(partitions.map((each) => each.offset))] as const),
    ...groups.map(({ group, topics: read }) => {
      const offsets =
        committed.find((each) => each.groupId === group)?.topics.filter((each) => read.has(each.name)) ?? [];
      return [
        FIGURE.committed(group),
        total(offsets.flatMap((each) => each.partitions.map((one) => one.committedOffset))),
      ] as const;
    }),
  ];
}

/** An offset below 0 says that there is none. */
function total(offsets: readonly bigint[]): number {
  return offsets.reduce((sum, each) => sum + Math.max(0, Number(each)), 0);
}
