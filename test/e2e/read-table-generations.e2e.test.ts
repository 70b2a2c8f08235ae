import { addresses, type GenerationPhase, type Lock, type ProjectionAddress } from "eventloom";
import type { Client } from "pg";
import { drainageOf } from "../../lib/cli/drained/looked-at";
import { verdictsOf } from "../../lib/cli/drained/verdict";
import { bareName } from "../../lib/postgres/bare-name";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { comparePlan, type EnginePlan } from "../../lib/preview/engine-plan";
import { readCheckpoints } from "../../lib/provider/postgres/checkpoints";
import type { PostgresServer } from "../../tools/servers/state";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { connect } from "../provider/deployment";
import { readTableShop } from "../pulumi/project/read-table-shop";
import { inTransaction, refusal, rows, value } from "../store/store-database";
import { engines } from "../terraform/engines";
import { readTableBy, readTableByPulumi, type ReadTableDeploy } from "./read-table-deploy";
import { freshDatabase } from "./servers";

jest.setTimeout(600_000);

type By = (server: PostgresServer) => Promise<ReadTableDeploy> | ReadTableDeploy;

const ENGINES: readonly (readonly [string, By])[] = [
  ["terraform", async (server) => readTableBy(engines[0]!, await tools(), server)],
  ["pulumi", async (server) => readTableByPulumi(await tools(), server)],
];

function tools(): Promise<Toolchain> {
  return ensureToolchain({ only: ["terraform", "providers", "pulumi"] });
}

function saying(phase: GenerationPhase): { readonly generations: Readonly<Record<string, GenerationPhase>> } {
  return { generations: { "projections.OrderSummary.v1": phase } };
}

/** What a service is told of the projection. */
function told(lock: Lock, phase: GenerationPhase, generation: 1 | 2 = 2): ProjectionAddress {
  const { projections } = addresses(readTableShop(generation), {
    lock,
    profile: generation === 1 ? {} : saying(phase),
  });
  return (projections as Readonly<Record<string, ProjectionAddress>>)["OrderSummary"] as ProjectionAddress;
}

/** What `eventloom diff --plan` says against the lock. */
function departures(plan: EnginePlan, base: Lock, head: Lock): unknown {
  return comparePlan(plan, [diffLocks(base, head)]).findings.filter(({ key }) => key === null || !key.startsWith("topic/")); // prettier-ignore
}

/** The service that builds the read tables, with the rights of its role and no more. */
class Projector {
  constructor(private readonly client: Client) {}

  readonly append = (order: string, version: number, cents: number): Promise<unknown> =>
    as("writer", this.client, () =>
      value(
        this.client,
        "SELECT last_version FROM shop.append_event($1, 'Order', $2, gen_random_uuid(), 'OrderPaid', 1::smallint, $3, '{}')",
        ...[order, version, JSON.stringify({ orderId: order, cents })],
      ),
    );

  readonly start = (): Promise<unknown> => this.#call("start_generation");
  readonly change = (): Promise<unknown> => this.#call("switch_generation");

  /** Reads what there is and writes it to one generation's table, in one transaction with its checkpoint. */
  readonly build = (table: string, generation: number): Promise<void> =>
    as("projector", this.client, () =>
      inTransaction(this.client, async () => {
        const [from] = await rows<Place>(this.client, "SELECT * FROM shop.claim_checkpoint('OrderSummary', 0::smallint, $1, $2, '1 minute')", generation, `builder-${generation}`); // prettier-ignore
        const place = [from?.epoch, from?.transaction_id, from?.global_position];
        const events = await rows<Place & { data: { orderId: string; cents: number }; version: string }>(this.client, "SELECT * FROM shop.read_events($1::smallint, $2, $3, 500)", ...place); // prettier-ignore
        for (const { data, version } of events) {
          const [columns, values] = generation === 1 ? ["order_id, cents", "$1, $2"] : ["order_id, cents, payments", "$1, $2, $3"]; // prettier-ignore
          const keep = generation === 1 ? "ON CONFLICT (order_id) DO UPDATE SET cents = excluded.cents" : "";
          const row = [data.orderId, data.cents, ...(generation === 1 ? [] : [version])];
          await this.client.query(`INSERT INTO shop.${bareName(table)} (${columns}) VALUES (${values}) ${keep}`, row);
        }
        const last = events.at(-1);
        if (last === undefined) return;
        await value(
          this.client,
          "SELECT shop.move_checkpoint('OrderSummary', 0::smallint, $1, $2, $3::smallint, $4, $5, $6::smallint, $7, $8)",
          ...[generation, `builder-${generation}`, ...place, last.epoch, last.transaction_id, last.global_position],
        );
      }),
    );

  #call(name: string): Promise<unknown> {
    return as("projector", this.client, () => value(this.client, `SELECT shop.${name}('OrderSummary', 2)`));
  }
}

interface Place {
  readonly epoch: number;
  readonly transaction_id: string;
  readonly global_position: string;
}

async function as<T>(role: string, client: Client, work: () => Promise<T>): Promise<T> {
  await client.query(`SET ROLE shop_${role}`);
  try {
    return await work();
  } finally {
    await client.query("RESET ROLE");
  }
}

/** What `eventloom drained` says, asked with the rights of who owns the store. */
async function drained(lock: Lock, server: PostgresServer): Promise<readonly unknown[]> {
  const { host: PGHOST, username: PGUSER, password: PGPASSWORD, database: PGDATABASE } = server;
  const environment = { PGHOST, PGPORT: String(server.port), PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE: "disable" };
  const outcome = await readCheckpoints(environment, "shop", ["OrderSummary"]);
  if ("issues" in outcome) throw new Error(JSON.stringify(outcome.issues));
  const look = { queues: {}, topics: {}, checkpoints: { OrderSummary: outcome.checkpoints } };
  return verdictsOf(drainageOf(lock), look, look, 0).map(({ because }) => because);
}

/** What a reader of the service gets. */
function read(client: Client, { read: { table } }: ProjectionAddress): Promise<readonly unknown[]> {
  return as("reader", client, () => rows(client, `SELECT order_id, cents::text FROM shop.${bareName(table)} ORDER BY 1, cents`)); // prettier-ignore
}

describe("a read table whose columns and key change, as its next generation", () => {
  test.each(ENGINES)(
    "is built beside the old one, read when it has caught up, and no row is lost: by %s",
    async (_, by) => {
      const server = await freshDatabase("read_tables");
      const engine = await by(server);
      const client = await connect(server);
      const { append, build, start, change } = new Projector(client);
      const OLD = [{ order_id: "o-1", cents: "250" }];
      const NEW = [{ order_id: "o-1", cents: "100" }, { order_id: "o-1", cents: "250" }]; // prettier-ignore
      try {
        // in use
        const first = await engine.say({ generation: 1, profile: {} });
        await engine.apply();
        await append("o-1", 0, 100);
        await append("o-1", 1, 250);
        await build("order_summary", 1);
        expect(await read(client, told(first, "beside", 1))).toEqual(OLD);

        // beside: nothing is taken from who runs, and the new table is built
        const lock = await engine.say({ generation: 2, profile: {} });
        expect(departures(await engine.plan(), first, lock)).toEqual([]);
        await engine.apply();
        expect(told(lock, "beside")).toMatchObject({ table: "order_summary_v2", generation: 2, read: { table: "order_summary" } }); // prettier-ignore
        expect(await drained(lock, server)).toEqual([[expect.stringContaining("order_summary_v2 is not built yet")]]);
        expect(await start()).toBe(true);
        expect(await refusal(change())).toMatchObject({ code: "ES034" });
        expect(await drained(lock, server)).toEqual([[expect.stringContaining("order_summary_v2 has not caught up")]]);
        await build("order_summary_v2", 2);
        expect(await drained(lock, server)).toEqual([[expect.stringContaining("order_summary_v2 has caught up")]]);
        expect(await read(client, told(lock, "beside"))).toEqual(OLD);

        // drain: nothing is left to deploy but services: the new table is read, and who still runs goes on
        await engine.say({ generation: 2, profile: saying("drain") });
        expect(await engine.pending()).toBe("");
        expect(await read(client, told(lock, "drain"))).toEqual(NEW);
        await append("o-2", 0, 70);
        await build("order_summary", 1);
        expect(await refusal(change())).toMatchObject({ code: "ES034" });
        await build("order_summary_v2", 2);
        expect(await change()).toBe(true);
        expect(await refusal(build("order_summary", 1))).toMatchObject({ code: "ES033" });
        expect(await drained(lock, server)).toEqual([[]]);

        // done: forgotten, with all rows, and out of reach of the store's roles
        await engine.say({ generation: 2, profile: saying("done") });
        expect(departures(await engine.plan(), lock, lock)).toEqual([]);
        await engine.apply();
        expect(await engine.pending()).toBe("");
        expect(await rows(client, "SELECT order_id, cents FROM shop.order_summary ORDER BY 1")).toEqual([
          { order_id: "o-1", cents: 250 },
          { order_id: "o-2", cents: 70 },
        ]);
        expect(await refusal(read(client, { ...told(lock, "done"), read: { table: "order_summary", generation: 1 } }))).toMatchObject({ code: "42501" }); // prettier-ignore
        expect(await read(client, told(lock, "done"))).toEqual([...NEW, { order_id: "o-2", cents: "70" }]);
      } finally {
        await client.end();
        engine.remove();
      }
    },
  );
});
