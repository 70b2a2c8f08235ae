import { GENERATION_PHASES, type GenerationPhase } from "../../lib/lock/profile";
import type { ChangeKind, Pick } from "./change-kind";
import { rename, type Section } from "./named-changes";
import { EVENTS, type Generation, type Named, type OrdersVariant } from "./orders-variant";

/** Every one more is a topic or a queue that stays on the servers. */
const MOST_GENERATIONS = 3;
const MOST_PARTITIONS = 4;
const MOST_NAMES = 2;

/** What cannot change in place: as the next generation, and as it is refused. */
export const generationKinds: readonly ChangeKind[] = [
  { name: "the next generation of a queue", change: nextQueue },
  { name: "the next generation of a topic", change: nextTopic },
  { name: "a queue's argument without a generation", change: argumentInPlace },
];

/** What can happen on the way from one generation to the next, each by a deploy of its own. */
export const onTheWay: readonly ChangeKind[] = [
  { name: "an older generation drains", change: (before) => inNextPhase(before, "drain") },
  { name: "an older generation is done", change: (before) => inNextPhase(before, "done") },
  {
    name: "rename a consumer with an older generation",
    change: (before) => renameOlder(before, "consumers", "reader"),
  },
  { name: "rename an event with an older generation", change: (before) => renameOlder(before, "events", "OrderNoted") },
  { name: "rename a saga with an older generation", change: (before) => renameOlder(before, "sagas", "Fulfilment") },
];

function nextQueue(before: OrdersVariant, pick: Pick): OrdersVariant | null {
  return next(before, queuesIn(before), pick, ({ queue = QUEUE }) => ({ queue: otherQueue(queue) }));
}

function nextTopic(before: OrdersVariant, pick: Pick): OrdersVariant | null {
  const topics = [...EVENTS, ...Object.keys(before.events)].map((name) => `events.${name}`);
  return next(before, topics, pick, () => ({ partitions: pick(1, MOST_PARTITIONS) }));
}

function next(
  before: OrdersVariant,
  all: readonly string[],
  pick: Pick,
  change: (from: Generation) => Partial<Generation>,
): OrdersVariant | null {
  const can = all.filter((each) => generationOf(before, each).generation < MOST_GENERATIONS);
  const of = can[pick(0, can.length - 1)];
  if (of === undefined) return null;
  const from = generationOf(before, of);
  const to: Generation = { ...from, ...change(from), generation: from.generation + 1 };
  return { ...before, generations: { ...before.generations, [of]: to } };
}

function argumentInPlace(before: OrdersVariant, pick: Pick): OrdersVariant {
  const all = queuesIn(before);
  const of = all[pick(0, all.length - 1)] ?? "";
  const from = generationOf(before, of);
  return {
    ...before,
    generations: { ...before.generations, [of]: { ...from, queue: otherQueue(from.queue ?? QUEUE) } },
  };
}

/** As it is when nothing is said. */
const QUEUE = { singleActiveConsumer: false, initialGroupSize: 3 };

function otherQueue({ singleActiveConsumer, initialGroupSize }: NonNullable<Generation["queue"]>): typeof QUEUE {
  return { singleActiveConsumer: !singleActiveConsumer, initialGroupSize: initialGroupSize === 1 ? 3 : 1 };
}

function queuesIn({ consumers, sagas }: OrdersVariant): readonly string[] {
  const readers = Object.keys(consumers).filter((name) => consumers[name]?.via === "rabbitmq");
  return [
    "handlers.shipping",
    ...["billing", ...readers].map((name) => `consumers.${name}`),
    ...Object.keys(sagas).map((name) => `sagas.${name}`),
  ];
}

function generationOf({ generations }: OrdersVariant, of: string): Generation {
  return generations[of] ?? { generation: 1 };
}

/** The first older generation that is in the phase before. */
function inNextPhase(before: OrdersVariant, phase: GenerationPhase): OrdersVariant | null {
  const from = GENERATION_PHASES[GENERATION_PHASES.indexOf(phase) - 1];
  const found = olderIn(before).find((old) => phaseOf(before, old) === from);
  return found === undefined ? null : { ...before, phases: { ...before.phases, [found]: phase } };
}

/** What an older generation is of is called otherwise, while the older one is still on its way; not again and again. */
function renameOlder(before: OrdersVariant, section: Section, prefix: string): OrdersVariant | null {
  const going = olderIn(before).filter((old) => phaseOf(before, old) !== "done");
  const things = Object.entries<Named>(before[section]).filter(([, thing]) => thing.before.length < MOST_NAMES);
  const found = things.find(([name]) => going.some((old) => old.startsWith(`${section}.${name}.`)));
  return found === undefined ? null : rename(before, section, prefix, [found[0]]);
}

function phaseOf({ phases }: OrdersVariant, old: string): GenerationPhase {
  return phases[old] ?? "beside";
}

function olderIn({ generations }: OrdersVariant): readonly string[] {
  return Object.entries(generations).flatMap(([of, { generation }]) =>
    Array.from({ length: generation - 1 }, (_, index) => `${of}.v${index + 1}`),
  );
}
