import { command, defineDomain, event, jsonSchema } from "eventloom";
import type { NamedDomain } from "eventloom/cdktf";

const SCHEMA = jsonSchema<{ id: string }>({
  type: "object",
  properties: { id: { type: "string" } },
  required: ["id"],
});

/** For 1,000 resources: what one aggregate with its consumers and commands comes to is counted, not assumed. */
const PER_THOUSAND = { aggregates: 10, events: 10, kafkaConsumers: 10, rabbitmqConsumers: 42, handlers: 4 };
const EVENTS_READ = 10;

/**
 * A domain of channels alone (topics, exchanges, queues, policies, bindings), as large as asked for: consumers of both brokers
 * with their retry topics and parking queues, and command handlers.
 */
export function largeDomain(thousands: number): NamedDomain {
  const times = (count: number): number[] => Array.from({ length: count * thousands }, (_, index) => index);
  const { aggregates, events, kafkaConsumers, rabbitmqConsumers, handlers } = PER_THOUSAND;
  const names = times(aggregates).flatMap((a) => Array.from({ length: events }, (_, e) => `A${a}Happened${e}`));
  const read = (consumer: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => names[(consumer * count + index) % names.length] as string);
  const consumers = [
    ...times(kafkaConsumers).map((n) => [`reader${n}`, { on: read(n, EVENTS_READ), via: "kafka" }]),
    ...times(rabbitmqConsumers).map((n) => [`worker${n}`, { on: read(n, 5), via: "rabbitmq" }]),
  ];
  return defineDomain("large", {
    store: "none",
    aggregates: Object.fromEntries(
      times(aggregates).map((a) => [
        `A${a}`,
        {
          id: "id",
          events: Object.fromEntries(
            Array.from({ length: events }, (_, e) => [`A${a}Happened${e}`, event({ versions: { 1: SCHEMA } })]),
          ),
        },
      ]),
    ) as never,
    commands: Object.fromEntries(
      times(handlers).flatMap((h) =>
        Array.from({ length: 5 }, (_, c) => [`Do${h}Thing${c}`, command({ handledBy: `service${h}`, schema: SCHEMA })]),
      ),
    ) as never,
    consumers: Object.fromEntries(consumers) as never,
  });
}
