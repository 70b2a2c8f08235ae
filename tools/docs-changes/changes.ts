/** Text of the example's declaration, and what stands there instead. */
export type Edit = readonly [from: string, to: string];

/** One way to make a change, and what is to be shown of it. */
export interface Attempt {
  /** What it is, as a heading; the first attempt of a change has none. */
  readonly title: string;
  /** What a reader should know first, in Markdown. */
  readonly says: string;
  readonly edits: readonly Edit[];
  /** `comment`: what is posted to the pull request. `lock`: what `eventloom lock` says, which refuses it. */
  readonly shows: "comment" | "lock";
}

/** A change as it is made every week, as `docs/changes/<name>.md` shows it. The picture is of the first attempt. */
export interface DocumentedChange {
  readonly name: string;
  readonly title: string;
  /** What its picture shows, for who does not see it. */
  readonly picture: string;
  readonly attempts: readonly [Attempt, ...Attempt[]];
}

const ORDER_PAID = "        OrderPaid: event({ versions: { 1: orderPaid } }),\n";
const BILLING = `    billing: { on: ["OrderCreated", "OrderPaid"], via: "rabbitmq", retry: { maxRetries: 3 } },\n`;

export const documentedChanges: readonly DocumentedChange[] = [
  {
    name: "new-event",
    title: "A new event",
    picture: "the page of the change: a new topic, green, and the relay that sends to it",
    attempts: [
      {
        title: "",
        says: "Customers may cancel. Nobody takes the event yet; its first version is published by locking, and can never change from then on.",
        edits: [
          [
            "        OrderShipped: event({ versions: { 1: orderShipped } }),\n",
            "        OrderShipped: event({ versions: { 1: orderShipped } }),\n        OrderCancelled: event({ versions: { 1: z.object({ orderId, reason: z.string() }) } }),\n",
          ],
        ],
        shows: "comment",
      },
    ],
  },
  {
    name: "new-consumer",
    title: "A new consumer",
    picture: "the page of the change: a new queue and its consumer, green, behind the exchange of events",
    attempts: [
      {
        title: "",
        says: "A loyalty service wants to know what was paid. It gets a queue with its parking queue; the retry levels are there already.",
        edits: [[BILLING, `${BILLING}    loyalty: { on: ["OrderPaid"], via: "rabbitmq" },\n`]],
        shows: "comment",
      },
    ],
  },
  {
    name: "partition-growth",
    title: "More partitions",
    picture: "the page of the change: the topic orders.paid, marked as changed, and the consumer that reads it",
    attempts: [
      {
        title: "",
        says: "Analytics cannot keep up with what is paid, and wants to read it on 24 instances.",
        edits: [[ORDER_PAID, "        OrderPaid: event({ versions: { 1: orderPaid }, partitions: 24 }),\n"]],
        shows: "comment",
      },
    ],
  },
  {
    name: "queue-argument",
    title: "A queue argument",
    picture: "the page of the change: the second generation of the queue orders.billing beside the first, both bound",
    attempts: [
      {
        title: "",
        says: "Invoices of an order have to be written one after the other, on whatever instance of billing. RabbitMQ fixes that when it declares a queue, so a second generation of the queue is made beside the first one, and each environment goes over to it step by step.",
        edits: [
          [
            BILLING,
            `    billing: {\n      on: ["OrderCreated", "OrderPaid"],\n      via: "rabbitmq",\n      retry: { maxRetries: 3 },\n      queue: { singleActiveConsumer: true },\n      generation: 2,\n    },\n`,
          ],
        ],
        shows: "comment",
      },
      {
        title: "On the queue that is there",
        says: "Without `generation: 2` it is refused: the engine would delete the queue with its messages.",
        edits: [
          [
            BILLING,
            `    billing: {\n      on: ["OrderCreated", "OrderPaid"],\n      via: "rabbitmq",\n      retry: { maxRetries: 3 },\n      queue: { singleActiveConsumer: true },\n    },\n`,
          ],
        ],
        shows: "comment",
      },
    ],
  },
  {
    name: "breaking-schema",
    title: "A schema that breaks its readers",
    picture: "the page of the change: the way of OrderPaid to everybody who takes it, and in which order to deploy",
    attempts: [
      {
        title: "",
        says: "All is paid in euros by now, and `currency` shall go. A new version without it can be published; those who read the property have to be ready first.",
        edits: [
          [
            ORDER_PAID,
            `        OrderPaid: event({\n          versions: { 1: orderPaid, 2: orderPaid.omit({ currency: true }) },\n          upcast: { 1: ({ currency: _, ...paid }) => paid },\n        }),\n`,
          ],
        ],
        shows: "comment",
      },
      {
        title: "In the version that is published",
        says: "Taking it out of version 1 is refused before there is anything to review: orders that were paid hold it, and will for ever.",
        edits: [
          [
            "const orderPaid = z.object({ orderId, totalCents: amount, currency, paidOn: z.iso.date() });\n",
            "const orderPaid = z.object({ orderId, totalCents: amount, paidOn: z.iso.date() });\n",
          ],
        ],
        shows: "lock",
      },
    ],
  },
];
