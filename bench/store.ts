import { compile, defineDomain, event, jsonSchema } from "../lib/index";
import { createStatements } from "../lib/preview/render-sql";
import {
  type Append,
  emmett,
  emmettWithIndex,
  fullRowFloor,
  ours,
  plainFloor,
  pythonEventsourcing,
  type StoreArm,
  VARIABLES,
} from "./store/arms";
import type { Load } from "./store/pgbench";
import { peers } from "./store/peers";
import { BenchServer, type Run } from "./store/server";
import { compared, type Row, type Suite } from "./suite";

const ROUNDS = 3;
const SECONDS = 3;
const MANY = 100_000;
const COUNTS = [1, 8, 32].flatMap((clients) => [1, 10].map((events) => ({ clients, events })));

interface Case extends Append {
  readonly clients: number;
}

/** Writers that know the version; without one a repetition is known by the event's id alone, which costs an index. */
const CASES: readonly Case[] = [
  ...COUNTS.map((each) => ({ ...each, aggregates: MANY, expected: true })),
  ...COUNTS.filter(({ clients }) => clients === 8).map((each) => ({ ...each, aggregates: MANY, expected: false })),
  ...COUNTS.map((each) => ({ ...each, aggregates: 1, expected: false })),
];

/** A domain whose store is called `bench`. */
const bench = defineDomain("bench", {
  store: { format: 1, roles: false },
  brokers: ["kafka"],
  aggregates: {
    Order: {
      id: "orderId",
      events: {
        OrderPlaced: event({
          versions: {
            1: jsonSchema<{ orderId: string }>({
              type: "object",
              properties: { orderId: { type: "string" } },
              required: ["orderId"],
            }),
          },
        }),
      },
    },
  },
});

/** Appending to the store beside other stores and beside the least that Postgres can do, all in one run on one server. */
export const store: Suite = {
  name: "store",
  run: async (progress) => {
    const others = await peers(progress);
    const indexed = emmettWithIndex(others.emmett);
    const arms: readonly StoreArm[] = [
      ours(createStatements(compile(bench)).map(({ sql }) => sql)),
      emmett(others.emmett),
      indexed,
      pythonEventsourcing(others.eventsourcing),
      plainFloor,
      fullRowFloor,
    ];
    const server = await BenchServer.start(progress);
    try {
      for (const arm of arms) await server.prepare(arm);
      const rows: Row[] = [];
      for (const each of CASES) rows.push(...(await measure(server, arms, each, progress)));
      return rows;
    } finally {
      await server.stop();
    }
  },
};

async function measure(
  server: BenchServer,
  arms: readonly StoreArm[],
  each: Case,
  progress: (line: string) => void,
): Promise<readonly Row[]> {
  const runs = new Map<string, Run[]>();
  const load: Load = { clients: each.clients, seconds: SECONDS, variables: VARIABLES };
  const taking = each.aggregates === 1 ? arms.filter(({ name }) => /ours|Emmett/.test(name)) : arms;
  for (let round = 0; round < ROUNDS; round++) {
    // the arms take turns, and each round begins with another one: what else the machine does hits them alike
    for (const arm of [...taking.slice(round), ...taking.slice(0, round)]) {
      const run = await server.run(arm, each, load);
      progress(
        `${words(each)}: ${arm.name}: ${Math.round(1e6 / run.usPerEvent)} events a second${run.lostClients ? ", some clients ended by errors" : ""}`,
      );
      runs.set(arm.name, [...(runs.get(arm.name) ?? []), run]);
    }
  }
  const own = runs.get("ours") ?? [];
  const others = [...runs].filter(([name]) => name !== "ours");
  return [
    ...others.map(([name, theirs]) =>
      compared(`${words(each)}, µs per event`, own.map(usPerEvent), name, theirs.map(usPerEvent), goalOf(name, each)),
    ),
    ...details(own, others, each),
  ];
}

const usPerEvent = (run: Run): number => run.usPerEvent;

/** At least 1.3 times Emmett with its index, and 0.65 of the full row's floor, with 8 clients. */
function goalOf(name: string, { clients, expected }: Case): number | null {
  if (clients !== 8 || !expected) return null;
  if (name === "Emmett with a read-all index") return 1 / 1.3;
  return name === fullRowFloor.name ? 1 / 0.65 : null;
}

/** Latency, log and disk, of which only the log has a goal. */
function details(own: readonly Run[], others: readonly (readonly [string, readonly Run[]])[], each: Case): Row[] {
  const [name, theirs] = others.find(([other]) => other === "Emmett with a read-all index") ?? ["", []];
  const beside = (what: string, of: (run: Run) => number): Row =>
    compared(`${words(each)}, ${what}`, own.map(of), name, theirs.map(of), null);
  return [
    beside("p50 µs", (run) => run.p50Ms * 1000),
    beside("p99 µs", (run) => run.p99Ms * 1000),
    beside("WAL bytes per event", (run) => run.walPerEvent),
    beside("table and index bytes per event", (run) => run.bytesPerEvent),
    compared(
      `${words(each)}, WAL bytes per event`,
      own.map((run) => run.walPerEvent),
      "the goal",
      own.map(() => WAL_GOAL),
      each.clients === 8 && each.expected ? 1 : null,
    ),
  ];
}

const WAL_GOAL = 650;

function words({ aggregates, clients, events, expected }: Case): string {
  const where =
    aggregates === 1 ? "one hot aggregate" : `many aggregates, ${expected ? "expected version" : "any version"}`;
  return `${clients} × ${events} event${events === 1 ? "" : "s"}, ${where}`;
}
