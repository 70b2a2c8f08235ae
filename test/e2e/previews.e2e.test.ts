import { generationKinds, type Round, runPreviews } from "../../campaigns/previews";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(600_000);

type Options = Parameters<typeof runPreviews>[1];

/** Every round of a walk, after nothing in it has disagreed. */
async function walked(options: Pick<Options, "engine" | "seed" | "count" | "kinds">): Promise<readonly Round[]> {
  const { kafka } = await sharedServers();
  await wipeKafka();
  const target = { kafka, rabbitmq: await freshVhost("previews"), postgres: await freshDatabase("previews") };
  const rows: Round[] = [];
  const onRow = (row: object): void => void rows.push(row as Round);
  const { rounds, failures } = await runPreviews(target, { ...options, onProgress: () => undefined, onRow });
  expect(rows.filter(({ disagreements }) => disagreements.length > 0)).toEqual([]);
  expect({ rounds, failures }).toEqual({ rounds: options.count, failures: 0 });
  return rows;
}

test.each([
  { engine: "terraform", seed: 12, count: 10, outcomes: ["created", "updated in place", "refused", "forgotten", "moved"] }, // prettier-ignore
  { engine: "pulumi", seed: 114, count: 3, outcomes: ["refused", "forgotten", "updated in place"] },
] as const)(
  "$engine does to real servers what the diff of the locks says, of $count changes of the order system (seed $seed)",
  async ({ outcomes, ...options }) => {
    const rows = await walked(options);
    // a walk that meets no refusal, or only refusals, shows nothing
    expect(rows.map(({ engine }) => engine)).toEqual(expect.arrayContaining([...outcomes]));
  },
);

const nextQueue = generationKinds.filter(({ name }) => name === "the next generation of a queue");
const NEXT = "the next generation of a queue: created";
const DRAINS = "an older generation drains: unbound";
const RENAMED = "rename a consumer with an older generation: moved";
const DONE = "an older generation is done: forgotten";

test.each([
  { engine: "terraform", seed: 96, count: 4, kinds: nextQueue, does: [NEXT, RENAMED, DRAINS, DONE] },
  { engine: "pulumi", seed: 113, count: 4, kinds: nextQueue, does: [NEXT, DRAINS, RENAMED, DONE] },
] as const)(
  "$engine takes a queue to its next generation, though it is renamed on the way, in $count deploys (seed $seed)",
  async ({ does, ...options }) => {
    const rows = await walked(options);
    expect(rows.map(({ change, engine }) => `${change}: ${engine}`)).toEqual(does);
  },
);
